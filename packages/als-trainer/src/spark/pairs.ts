import { local, read, sql, SparkError } from '@attractions/spark';
import type { Relation, RunOptions, SparkSession } from '@attractions/spark';
import { tableFromArrays } from 'apache-arrow';

import { weightAt } from '../csr.js';
import type { Orientations } from '../csr.js';
import { AlsError } from '../errors.js';
import type { AlsOptions } from '../options.js';

/** The files of a visits update, as a server sees them that shares the root of the feeds. */
export interface VisitFiles {
  readonly paths: readonly string[];
  /** Visits in all of them. */
  readonly rows: number;
}

/** The pairs on a server, and which row of the model each of its numbers is. */
export interface SparkPairs {
  /** Columns `user` and `item`, whole numbers, and `rating`. */
  readonly relation: Relation;
  /**
   * Views with the columns `id`, a text, and `number`; undefined where the numbers are the rows of the model.
   */
  readonly names?: { readonly users: string; readonly items: string };
}

/** Pairs that are sent at most, where the server does not see the files: 60 MB, and some 1 GB in the memory of Spark. */
const MOST_SENT = 5_000_000;

/** Pairs of one message: 12 MB of the 128 that a server takes. */
const SENT_AT_ONCE = 1_000_000;

/** The files as rows. Older ones have no weight. */
const opened = ({ paths }: VisitFiles): Relation =>
  read('parquet', paths, {
    schema: 'user_id STRING, attraction_id STRING, visited_at TIMESTAMP, weight FLOAT',
  });

/** Why a server cannot read the files, as a sentence without a full stop; undefined where it can. A file that is missing may look empty, so the rows are counted. */
async function unreadable(session: SparkSession, files: VisitFiles, run: RunOptions): Promise<string | undefined> {
  try {
    await session.createView('visits', opened(files), run);
    const counted = await session.collect(sql('SELECT CAST(count(*) AS BIGINT) AS n FROM visits'), run);
    const rows = Number(counted.getChild('n')?.get(0));
    return rows === files.rows ? undefined : `it finds ${rows} of ${files.rows} visits in them`;
  } catch (error) {
    if (error instanceof SparkError && error.code === 'SPARK_QUERY_FAILED')
      return (error.message.split('\n')[0] as string).replace(/[.]$/, '');
    throw error;
  }
}

/** Where pairs on a server come from. */
export interface PairsSource {
  readonly options: AlsOptions;
  readonly pairs: Orientations;
  /** Undefined where the visits are in no files. */
  readonly files: VisitFiles | undefined;
  /** The latest of all visits: milliseconds since 1970. */
  readonly latestMs: number;
  /** Default: {@link MOST_SENT}. */
  readonly mostSent?: number;
}

/**
 * Makes the pairs known to a server: from the files of the visits where it sees them, so that no visit passes through this process; else they are sent.
 *
 * @param tell is told how, in a sentence
 * @throws AlsError `ALS_SPARK_BLIND` where the server does not see the files and there are too many pairs to send
 */
export async function pairsOnSpark(
  session: SparkSession,
  { files, mostSent = MOST_SENT, ...source }: PairsSource,
  run: RunOptions,
  tell: (how: string) => void,
): Promise<SparkPairs> {
  const count = source.pairs.byUser.columns.length;
  const reason = files ? await unreadable(session, files, run) : 'they are in the memory of this process';
  if (files && reason === undefined) {
    tell(`Spark reads the visits from ${files.paths.length} ${files.paths.length === 1 ? 'file' : 'files'}.`);
    return pairsInFiles(session, source, run);
  }
  if (count > mostSent)
    throw new AlsError('ALS_SPARK_BLIND', [
      `The server cannot read the files of the visits: ${reason}. ${count} pairs are too many to be sent, ${mostSent} are the most; put FEEDS_ROOT where the server sees it by the same path (a shared folder, or s3://), or train with TRAIN_ON=kernel.`,
    ]);
  tell(`${count} pairs are sent, since Spark cannot read the files of the visits: ${reason}.`);
  return sentPairs(session, source, run);
}

/** A number as a literal of SQL. */
const double = (value: number): string => `CAST(${value} AS DOUBLE)`;

/**
 * The pairs by SQL over the view `visits`, weighted as the driver weighs them. Ids are numbered in the order of their bytes, so that a part that is computed again has the same numbers.
 */
async function pairsInFiles(
  session: SparkSession,
  { options, pairs, latestMs }: Pick<PairsSource, 'options' | 'pairs' | 'latestMs'>,
  run: RunOptions,
): Promise<SparkPairs> {
  const view = (name: string, query: string) => session.createView(name, sql(query), run);
  const { halfLifeDays, weighting, implicitFeedback } = options;
  const ageMs = `(${double(latestMs)} - CAST(unix_millis(visited_at) AS DOUBLE))`;
  const faded = halfLifeDays > 0 ? ` * pow(${double(2)}, -${ageMs} / ${double(86_400_000 * halfLifeDays)})` : '';
  await view(
    'sums',
    `SELECT user_id, attraction_id, sum(coalesce(CAST(weight AS DOUBLE), ${double(1)})${faded}) AS weight
     FROM visits GROUP BY user_id, attraction_id`,
  );
  const weight = weighting === 'log' ? 'sign(weight) * ln(1 + abs(weight))' : 'weight';
  // Without a like a row has no solution for Spark, or the factors 0: it does not change the others either.
  const liked = (column: string) =>
    `${column} IN (SELECT ${column} FROM sums GROUP BY ${column} HAVING max(weight) > 0)`;
  const kept = implicitFeedback
    ? hasDislikes(pairs)
      ? `WHERE weight <> 0 AND ${liked('user_id')} AND ${liked('attraction_id')}`
      : 'WHERE weight <> 0'
    : '';
  for (const [name, column] of [
    ['users', 'user_id'],
    ['items', 'attraction_id'],
  ] as const)
    await view(
      name,
      `SELECT id, CAST(row_number() OVER (ORDER BY id) - 1 AS INT) AS number FROM (SELECT DISTINCT ${column} AS id FROM visits) AS named`,
    );
  return {
    relation: sql(
      `SELECT users.number AS user, items.number AS item, CAST(kept.weight AS FLOAT) AS rating
       FROM (SELECT user_id, attraction_id, ${weight} AS weight FROM sums ${kept}) AS kept
       JOIN users ON users.id = kept.user_id JOIN items ON items.id = kept.attraction_id`,
    ),
    names: { users: 'users', items: 'items' },
  };
}

/** The pairs of this process as rows of the server. */
async function sentPairs(
  session: SparkSession,
  { options, pairs }: Pick<PairsSource, 'options' | 'pairs'>,
  run: RunOptions,
): Promise<SparkPairs> {
  const views: string[] = [];
  for (const table of chunksOf(pairs, options)) {
    views.push(`pairs_${views.length}`);
    await session.createView(views.at(-1) as string, local(tableFromArrays(table)), run);
  }
  return { relation: sql(views.map((name) => `SELECT user, item, rating FROM ${name}`).join(' UNION ALL ')) };
}

/** The pairs in the order of their users, without rows that have no like. */
function* chunksOf({ byUser, byItem }: Orientations, { implicitFeedback }: AlsOptions) {
  const needsLikes = implicitFeedback && hasDislikes({ byUser });
  const likes = needsLikes ? { users: likesIn(byUser), items: likesIn(byItem) } : undefined;
  const { offsets, columns, weights } = byUser;
  let [user, from] = [0, 0];
  while (from < columns.length) {
    const size = Math.min(SENT_AT_ONCE, columns.length - from);
    const chunk = { user: new Int32Array(size), item: new Int32Array(size), rating: new Float32Array(size) };
    let kept = 0;
    for (let k = from; k < from + size; k++) {
      while (k >= (offsets[user + 1] as number)) user++;
      const item = columns[k] as number;
      if (likes && !(likes.users[user] && likes.items[item])) continue;
      chunk.user[kept] = user;
      chunk.item[kept] = item;
      chunk.rating[kept++] = weightAt(weights, k);
    }
    from += size;
    yield {
      user: chunk.user.subarray(0, kept),
      item: chunk.item.subarray(0, kept),
      rating: chunk.rating.subarray(0, kept),
    };
  }
}

const hasDislikes = ({ byUser }: Pick<Orientations, 'byUser'>): boolean =>
  byUser.weights.values.some((weight) => weight < 0);

/** 1 for each row with a weight above 0. */
function likesIn({ rowCount, offsets, weights }: Orientations['byUser']): Uint8Array {
  const likes = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++)
    for (let k = offsets[row] as number; k < (offsets[row + 1] as number); k++)
      if (weightAt(weights, k) > 0) likes[row] = 1;
  return likes;
}
