import type { FeedContract, Field } from '@attractions/feeds';
import { itemCodec, vocabularyProblem } from './item-codec.js';

/** Attractions and their neighbours, those that some visitor has been to as well: row r's are `neighbours[offsets[r] .. offsets[r + 1])`. */
export interface ItemKnnModel {
  /** Ascending. */
  readonly attractionIds: readonly string[];
  /** `attractionIds.length + 1` long. */
  readonly offsets: Uint32Array;
  /** Rows of `attractionIds`, ascending within a row, never the row itself. */
  readonly neighbours: Uint32Array;
  /** Of the visitors of both, above 0, at most 1; beside `neighbours`. */
  readonly cosines: Float32Array;
}

const fields: readonly Field[] = [
  { name: 'attraction_id', type: 'utf8', nullable: false, description: '`park:poi`, as in `etl/attractions`; unique.' },
  {
    name: 'neighbours',
    type: 'list<int32>',
    nullable: false,
    description: 'Rows of this file (0-based, ascending) of the attractions that some visitor of this one went to.',
  },
  {
    name: 'cosines',
    type: 'list<float32>',
    nullable: false,
    description:
      'How alike the visitors of each neighbour are: common ones over the root of the product of both numbers.',
  },
];

/** Item-based collaborative filtering (Sarwar et al. 2001): which attractions the same people visit. One row is one attraction. Parquet. */
export const itemKnn: FeedContract<ItemKnnModel> = {
  path: 'training/item-knn/v1.0',
  description: 'The neighbours of each attraction: those that the same people visit.',
  schema: fields,
  codec: itemCodec({
    format: 'item-knn',
    fields,
    problem: itemKnnProblem,
    columnsOf: ({ attractionIds, offsets, neighbours, cosines }, { float32Lists, int32Lists, utf8Data }) => ({
      attraction_id: utf8Data(attractionIds),
      neighbours: int32Lists(offsets, neighbours),
      cosines: float32Lists(offsets, cosines),
    }),
    modelOf: (table, { float32ListsOf, int32ListsOf, stringsOf }) => {
      const { offsets, items } = int32ListsOf(table, 'neighbours');
      const { values } = float32ListsOf(table, 'cosines');
      return { attractionIds: stringsOf(table.getChild('attraction_id')), offsets, neighbours: items, cosines: values };
    },
  }),
};

function itemKnnProblem({ attractionIds, offsets, neighbours, cosines }: ItemKnnModel): string | undefined {
  const count = attractionIds.length;
  const repeated = vocabularyProblem(attractionIds);
  if (repeated !== undefined) return repeated;
  if (offsets.length !== count + 1 || offsets[count] !== neighbours.length)
    return `The offsets do not part ${neighbours.length} neighbours into ${count} rows.`;
  if (cosines.length !== neighbours.length)
    return `There are ${cosines.length} cosines where there are ${neighbours.length} neighbours.`;
  for (let row = 0; row < count; row++) {
    const [from, to] = [offsets[row] as number, offsets[row + 1] as number];
    if (from > to) return `The row of '${attractionIds[row]}' ends before it begins.`;
    for (let at = from; at < to; at++) {
      const [other, cosine] = [neighbours[at] as number, cosines[at] as number];
      if (other >= count || other === row || (at > from && other <= (neighbours[at - 1] as number)))
        return `The neighbours of '${attractionIds[row]}' are not ascending rows of others, at ${other}.`;
      if (!(cosine > 0 && cosine <= 1.000001))
        return `A cosine of '${attractionIds[row]}' is ${cosine}, not above 0 and at most 1.`;
    }
  }
  return undefined;
}
