import type { VisitsTable } from '@attractions/contracts';
import type { Data, Dictionary, Utf8, Vector } from 'apache-arrow';
import { ModelsError } from '../errors.js';
import { ByteTable } from './text-table.js';
import type { TextTable } from './text-table.js';

/** Visits as a kind trains on them: each name once, and rows instead of names in the visits. */
export interface IndexedVisits {
  /** Ascending by UTF-16 code unit, so that the order of the visits makes no difference. */
  readonly userIds: readonly string[];
  readonly attractionIds: readonly string[];
  /** One entry per visit, so the weight of a (user, attraction) pair is its number of visits. */
  readonly interactions: {
    readonly userCount: number;
    readonly itemCount: number;
    readonly users: Uint32Array;
    readonly items: Uint32Array;
    /** A hash of each id. */
    readonly userKeys: Uint32Array;
    readonly itemKeys: Uint32Array;
  };
}

/** Indices by table, since several kinds train on the same one; an index is freed with its table. */
const indexed = new WeakMap<VisitsTable, IndexedVisits>();

/**
 * Names and pairs of a visits table, computed once per table. Vocabularies are sorted, so a model does not depend on the order of the visits.
 *
 * @param tableFor makes the table that numbers the texts; default: one in TypeScript
 * @throws ModelsError MODELS_VISITS_INVALID where a column is missing or holds a null
 */
export function indexVisits(visits: VisitsTable, tableFor?: TextTableFor): IndexedVisits {
  return indexed.get(visits) ?? keepIndex(visits, indexOf(visits, tableFor));
}

/** Keeps an index that was made while the visits were read, so that nobody makes it again. */
export function keepIndex(visits: VisitsTable, index: IndexedVisits): IndexedVisits {
  indexed.set(visits, index);
  return index;
}

function indexOf(visits: VisitsTable, tableFor: TextTableFor | undefined): IndexedVisits {
  const users = vocabularyOf(visits.getChild('user_id'), 'user_id', tableFor);
  const attractions = vocabularyOf(visits.getChild('attraction_id'), 'attraction_id', tableFor);
  return indexFrom(users, attractions);
}

/** The index of two columns. */
export function indexFrom(users: Vocabulary, attractions: Vocabulary): IndexedVisits {
  return {
    userIds: users.ids,
    attractionIds: attractions.ids,
    interactions: {
      userCount: users.ids.length,
      itemCount: attractions.ids.length,
      users: users.rows,
      items: attractions.rows,
      userKeys: users.keys,
      itemKeys: attractions.keys,
    },
  };
}

/** The distinct texts of a column, and the column as rows of them. */
export interface Vocabulary {
  /** Ascending by UTF-16 code unit, so that the order of the visits makes no difference. */
  readonly ids: readonly string[];
  /** One per visit: the index of its text in `ids`. */
  readonly rows: Uint32Array;
  /** One per text: a hash of its UTF-8 bytes, the seed of its first factors. */
  readonly keys: Uint32Array;
}

/** Numbers of one chunk of a text column, written to `rows` from `at` on. */
function numberChunk(table: TextTable, data: Data<Utf8>, rows: Uint32Array, at: number): void {
  table.number(data.values, data.valueOffsets, rows.subarray(at, at + data.length));
}

/** The same for a dictionary-encoded chunk: the dictionary is numbered, the indices are mapped. */
function numberDictionaryChunk(table: TextTable, data: Data<Dictionary<Utf8>>, rows: Uint32Array, at: number): void {
  const words = data.dictionary ? numberColumn(table, data.dictionary) : new Uint32Array();
  const indices = data.values;
  for (let row = 0; row < data.length; row++) rows[at + row] = words[indices[row] as number] as number;
}

/** Arrow's number for the type, written out, since importing Arrow takes longer than to train on a small park. */
const DICTIONARY = -1;

const isDictionary = (data: Data<Utf8> | Data<Dictionary<Utf8>>): data is Data<Dictionary<Utf8>> =>
  data.type.typeId === DICTIONARY;

function numberColumn(table: TextTable, column: Vector<Utf8>): Uint32Array {
  const rows = new Uint32Array(column.length);
  let at = 0;
  for (const data of column.data) {
    if (isDictionary(data)) numberDictionaryChunk(table, data, rows, at);
    else numberChunk(table, data, rows, at);
    at += data.length;
  }
  return rows;
}

/** Makes an empty table for a column of so many rows. */
type TextTableFor = (rows: number) => TextTable;

/**
 * Numbers the distinct texts of a column, plain or dictionary-encoded, over its UTF-8 bytes.
 *
 * @param name of the column, for the message.
 * @throws ModelsError MODELS_VISITS_INVALID where the column is missing or holds a null.
 */
export function vocabularyOf(
  column: Vector<Utf8> | null,
  name: string,
  tableFor: TextTableFor = () => new ByteTable(),
): Vocabulary {
  if (!column)
    throw new ModelsError('MODELS_VISITS_INVALID', `The visits have no column ${name}; see etl/visits/v1.0.`);
  if (column.nullCount > 0)
    throw new ModelsError(
      'MODELS_VISITS_INVALID',
      `The visits' column ${name} is null in ${column.nullCount} rows; every visit needs one.`,
    );
  const table = tableFor(column.length);
  return sortedVocabulary(table, numberColumn(table, column));
}

/**
 * The texts of a table in their order, and rows by their places.
 *
 * @param rows numbers of the table; written over
 */
export function sortedVocabulary(table: TextTable, rows: Uint32Array): Vocabulary {
  const texts = table.distinct();
  // The default sort compares UTF-16 code units, and is several times as fast as one with a function.
  const ids = texts.map(({ text }) => text).sort();
  const placeOf = new Map(ids.map((id, k) => [id, k]));
  const place = new Uint32Array(texts.length);
  const keys = new Uint32Array(texts.length);
  texts.forEach(({ text, hash }, number) => {
    const k = placeOf.get(text) as number;
    place[number] = k;
    keys[k] = hash;
  });
  for (let k = 0; k < rows.length; k++) rows[k] = place[rows[k] as number] as number;
  return { ids, rows, keys };
}
