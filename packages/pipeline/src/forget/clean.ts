/** Takes users out of single data files, whatever feed they are of. */
import { rejects } from '@attractions/contracts';
import { canonicalJson, textOf } from '@attractions/feeds';
import type { StoredFile } from '@attractions/feeds';
import type { readParquet } from '@attractions/feeds/arrow';

/** A data file without the users. */
export interface CleanedFile {
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** Rows, list entries or texts that are gone. */
  readonly removed: number;
}

/** What a column, or a key in JSON, is called that holds the id of a user. */
const USER_NAMES = ['user_id', 'userId', 'user'];

/** Objects in JSON whose keys are ids of users: the testers of an experiment. */
const BY_USER = ['forced'];

/** Keys in JSON with sentences, which may name a user. */
const TEXT_NAMES = ['message', 'reason', 'text'];

/** What stands in place of a user in a sentence. */
const LEFT_OUT = '…';

/**
 * The file without rows of the users; undefined where there is nothing of them in it. In Parquet, rows go by the columns `user_id`, `userId` or `user`; in JSON,
 * entries of lists by the same keys, testers of experiments, and ids out of sentences; of the CSV feeds only rejects have users, in their lines and reasons.
 */
export async function cleaned(
  feed: string,
  file: StoredFile,
  users: ReadonlySet<string>,
): Promise<CleanedFile | undefined> {
  if (file.name.endsWith('.parquet')) return cleanedParquet(file, users);
  if (file.name.endsWith('.json')) return cleanedJson(file, users);
  return feed === rejects.path ? cleanedRejects(file, users) : undefined;
}

async function cleanedParquet(file: StoredFile, users: ReadonlySet<string>): Promise<CleanedFile | undefined> {
  const { concat, readParquet, writeParquet } = await import('@attractions/feeds/arrow');
  const table = await readParquet(file);
  const names = USER_NAMES.filter((name) => table.schema.fields.some((field) => field.name === name));
  const gone = new Uint8Array(table.numRows);
  let removed = 0;
  for (const name of names) {
    let row = 0;
    for (const value of table.getChild(name) ?? []) {
      if (gone[row] === 0 && value !== null && users.has(String(value))) {
        gone[row] = 1;
        removed++;
      }
      row++;
    }
  }
  if (removed === 0) return undefined;
  // As the contracts write them: factors hardly ever repeat.
  const dictionaries = !table.schema.fields.some((field) => field.name === 'factors');
  const bytes = await writeParquet(concat(runsOf(table, gone)), { dictionaries });
  return { bytes, rows: table.numRows - removed, removed };
}

type Table = Awaited<ReturnType<typeof readParquet>>;

/** The runs of rows that stay; at least one, which may be empty. */
function runsOf(table: Table, gone: Uint8Array): readonly Table[] {
  const runs: Table[] = [];
  let from = 0;
  for (let row = 0; row <= gone.length; row++) {
    if (row < gone.length && gone[row] === 0) continue;
    if (row > from) runs.push(table.slice(from, row));
    from = row + 1;
  }
  return runs.length > 0 ? runs : [table.slice(0, 0)];
}

async function cleanedJson(file: StoredFile, users: ReadonlySet<string>): Promise<CleanedFile | undefined> {
  const text = await textOf(file);
  if (![...users].some((id) => text.includes(JSON.stringify(id).slice(1, -1)))) return undefined;
  const mentions = mentioning(users);
  let removed = 0;
  const isOfUser = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    USER_NAMES.some((name) => {
      const id = (value as Record<string, unknown>)[name];
      return (typeof id === 'string' || typeof id === 'number') && users.has(String(id));
    });
  const without = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) {
      const kept = value.filter((entry) => !isOfUser(entry));
      removed += value.length - kept.length;
      return kept.map((entry) => without(entry, key));
    }
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value);
      const kept = BY_USER.includes(key) ? entries.filter(([id]) => !users.has(id)) : entries;
      removed += entries.length - kept.length;
      return Object.fromEntries(kept.map(([name, entry]) => [name, without(entry, name)]));
    }
    if (typeof value !== 'string' || !TEXT_NAMES.includes(key) || value.search(mentions) < 0) return value;
    removed++;
    return value.replaceAll(mentions, LEFT_OUT);
  };
  const document = without(JSON.parse(text), '');
  return removed === 0
    ? undefined
    : { bytes: new TextEncoder().encode(canonicalJson(document)), rows: file.rows, removed };
}

async function cleanedRejects(file: StoredFile, users: ReadonlySet<string>): Promise<CleanedFile | undefined> {
  const rows = await rejects.codec.decode([file]);
  const mentions = mentioning(users);
  const names = ({ reason, text }: { reason: string; text: string }) =>
    reason.search(mentions) >= 0 || text.search(mentions) >= 0;
  const kept = rows.filter((row) => !names(row));
  if (kept.length === rows.length) return undefined;
  for await (const { bytes } of rejects.codec.encode(kept))
    return { bytes, rows: kept.length, removed: rows.length - kept.length };
  return undefined;
}

/** Finds ids in a text where they stand by themselves: `7` is not in `17`. */
export function mentioning(users: ReadonlySet<string>): RegExp {
  const ids = [...users].map((id) => id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${ids.join('|')})(?![\\p{L}\\p{N}])`, 'gu');
}
