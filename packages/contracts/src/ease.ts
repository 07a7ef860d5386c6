import type { FeedContract, Field } from '@attractions/feeds';
import { itemCodec, vocabularyProblem } from './item-codec.js';

/** The linear model of each park, by name. */
export interface EaseModel {
  readonly parks: readonly EasePark[];
}

/** How much each attraction of a park speaks for each other one of it. */
export interface EasePark {
  readonly park: string;
  /** Ascending. */
  readonly attractionIds: readonly string[];
  /** Row-major, n x n: the weight of the row's attraction for the column's; 0 on the diagonal. */
  readonly weights: Float32Array;
}

const fields: readonly Field[] = [
  {
    name: 'park',
    type: 'utf8',
    nullable: false,
    description: 'Park of the attraction; rows of one park follow each other.',
  },
  { name: 'attraction_id', type: 'utf8', nullable: false, description: '`park:poi`, as in `etl/attractions`; unique.' },
  {
    name: 'weights',
    type: 'list<float32>',
    nullable: false,
    description: 'How much a visit to this attraction speaks for each of the park, in the order of their rows.',
  },
];

/** Embarrassingly shallow autoencoders (Steck 2019), one for each park. One row is one attraction. Parquet. */
export const ease: FeedContract<EaseModel> = {
  path: 'training/ease/v1.0',
  description: 'How much each attraction of a park speaks for each other one.',
  schema: fields,
  codec: itemCodec({
    format: 'ease',
    fields,
    problem: easeProblem,
    columnsOf: ({ parks }, { float32Lists, utf8Data }) => {
      const lengths = parks.flatMap(({ attractionIds }) => attractionIds.map(() => attractionIds.length));
      const offsets = new Uint32Array(lengths.length + 1);
      lengths.forEach((length, row) => (offsets[row + 1] = (offsets[row] as number) + length));
      const weights = new Float32Array(offsets[lengths.length] as number);
      let at = 0;
      for (const park of parks) {
        weights.set(park.weights, at);
        at += park.weights.length;
      }
      return {
        park: utf8Data(parks.flatMap(({ park, attractionIds }) => attractionIds.map(() => park))),
        attraction_id: utf8Data(parks.flatMap(({ attractionIds }) => attractionIds)),
        weights: float32Lists(offsets, weights),
      };
    },
    modelOf: (table, { float32ListsOf, stringsOf }) => {
      const [parkOf, ids] = [stringsOf(table.getChild('park')), stringsOf(table.getChild('attraction_id'))];
      const { offsets, values } = float32ListsOf(table, 'weights');
      const starts = parkOf.flatMap((park, row) => (park === parkOf[row - 1] ? [] : [row]));
      return {
        parks: starts.map((from, n) => {
          const to = starts[n + 1] ?? parkOf.length;
          return {
            park: parkOf[from] as string,
            attractionIds: ids.slice(from, to),
            weights: values.slice(offsets[from], offsets[to]),
          };
        }),
      };
    },
  }),
};

function easeProblem({ parks }: EaseModel): string | undefined {
  const names = new Set(parks.map(({ park }) => park));
  if (names.size !== parks.length) return 'The rows of a park do not follow each other.';
  const repeated = vocabularyProblem(parks.flatMap(({ attractionIds }) => attractionIds));
  if (repeated !== undefined) return repeated;
  for (const { park, attractionIds, weights } of parks) {
    const due = attractionIds.length ** 2;
    if (weights.length !== due) return `The park '${park}' has ${weights.length} weights where ${due} are due.`;
    const broken = weights.findIndex((weight) => !Number.isFinite(weight));
    if (broken >= 0) return `A weight of the park '${park}' is ${weights[broken]}, not a finite number.`;
  }
  return undefined;
}
