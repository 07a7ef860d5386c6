import { createHash } from 'node:crypto';
import { visits, writtenVisits } from '@attractions/contracts';
import { canonicalJson } from '@attractions/feeds';
import type { Source as SourceFile, UpdateRecord } from '@attractions/feeds';
import type { ChosenSource, ChosenSources } from '../source/choose.js';
import type { Fingerprint } from '../source/source.js';

/** What a run has to read. */
export type Plan =
  | { readonly read: 'nothing'; readonly base: UpdateRecord }
  /** `only` are new files of visits, and those that have grown, which are in `after` as they were; all others are as they were. */
  | {
      readonly read: 'new';
      readonly base: UpdateRecord;
      readonly only: ReadonlySet<string>;
      readonly after: ReadonlyMap<string, SourceFile>;
    }
  | { readonly read: 'all'; readonly because: string };

/** The raw files as they are, by what they are read for. */
export interface RawFiles {
  readonly visits: readonly Fingerprint[];
  readonly attractions: readonly Fingerprint[];
}

/** What of an update's labels a later run needs. */
export interface Kept {
  /** A hash of all that says how lines are read, the release included. */
  readonly settings: string;
  /** How the lines were understood, as far as the raw data say it themselves: a file that says it otherwise cannot be read apart from the others. */
  readonly shape: string;
  /** From this time on, in milliseconds since 1970, a line is a visit that was refused since it lay in the future. */
  readonly due?: number;
}

/** To be raised where a release makes other visits of the same lines. */
const READING = 1;

/**
 * A hash of what visits depend on besides the raw files.
 * @returns undefined where it cannot be told: an option is a function or the like
 */
export function settingsKey(settings: Readonly<Record<string, unknown>>): string | undefined {
  try {
    const text = canonicalJson({ ...settings, reading: READING, contract: writtenVisits.version });
    // Without the user and the password of an address, which a hash could be guessed by.
    return createHash('sha256')
      .update(text.replace(/\/\/[^/"@]*@/g, '//'))
      .digest('hex');
  } catch {
    return undefined;
  }
}

export function labelsOf({ settings, shape, due }: Kept): Readonly<Record<string, string>> {
  return { settings, shape, ...(due !== undefined && { due: new Date(due).toISOString() }) };
}

/** The raw files of sources, or which source cannot tell them. */
export async function rawFilesOf(
  chosen: ChosenSources,
  context: { readonly baseFolder: string; readonly signal?: AbortSignal },
): Promise<RawFiles | string> {
  const of = async (given: ChosenSource | undefined, role: 'visits' | 'attractions') =>
    given === undefined ? [] : given.source.fingerprint?.(given.options, { ...context, role });
  const [forVisits, forAttractions] = [await of(chosen.visits, 'visits'), await of(chosen.attractions, 'attractions')];
  if (forVisits === undefined) return chosen.visits.source.type;
  return forAttractions === undefined
    ? (chosen.attractions?.source.type ?? '')
    : { visits: forVisits, attractions: forAttractions };
}

/** Decides what to read, from the last update and the raw files as they are. Reads a file only to hash it, where its times have changed. */
export async function planOf(
  base: UpdateRecord | undefined,
  raw: RawFiles,
  { settings, readsOnly, now }: { readonly settings: string; readonly readsOnly: boolean; readonly now: Date },
): Promise<Plan> {
  const all = (because: string): Plan => ({ read: 'all', because });
  if (base === undefined) return all('there is no update yet');
  if (base.feed !== visits.path || base.labels['settings'] === undefined)
    return all('the last update does not say what it was made from');
  if (base.labels['settings'] !== settings) return all('the settings or the release have changed');
  const { due } = base.labels;
  if (due !== undefined && now.getTime() >= Date.parse(due)) return all('lines that lay in the future are due');

  const before = new Map(base.sources.map((file) => [file.path, file]));
  const there = new Set([...raw.visits, ...raw.attractions].map(({ path }) => path));
  const gone = [...before.keys()].find((path) => !there.has(path));
  if (gone !== undefined) return all(`'${gone}' is not there any more`);
  const fresh = { visits: new Set<string>(), attractions: new Set<string>() };
  const after = new Map<string, SourceFile>();
  for (const role of ['visits', 'attractions'] as const) {
    for (const file of raw[role]) {
      const known = before.get(file.path);
      const became = known && (await becameOf(known, file));
      if (became === 'same') continue;
      if (became === 'changed' || (became === 'grown' && role === 'attractions'))
        return all(`'${file.path}' has changed`);
      fresh[role].add(file.path);
      if (known) after.set(file.path, known);
    }
  }
  const [attraction] = fresh.attractions;
  if (attraction !== undefined) return all(`'${attraction}' is a new file of attractions`);
  const [first] = fresh.visits;
  if (first === undefined) return { read: 'nothing', base };
  if (!readsOnly) return all(`'${first}' is new, and the source reads all of its files together`);
  const both = raw.visits.find(({ path }) => raw.attractions.some((other) => other.path === path));
  if (both !== undefined) return all(`'${both.path}' has visits and attractions`);
  return { read: 'new', base, only: fresh.visits, after };
}

async function becameOf(known: SourceFile, found: Fingerprint): Promise<'same' | 'grown' | 'changed'> {
  if (found.since) return found.since(known);
  if (known.bytes !== found.bytes) return 'changed';
  if (known.version !== undefined && known.version === found.version) return 'same';
  return (await found.hash?.()) === known.sha256 ? 'same' : 'changed';
}

/**
 * Files that were read, with versions by which a later run knows them: of those that nobody wrote to from before the reading until some time after.
 */
export function withVersions(
  read: readonly SourceFile[],
  before: RawFiles,
  after: RawFiles,
  kept: readonly SourceFile[] = [],
): readonly SourceFile[] {
  const by = ({ visits: forVisits, attractions }: RawFiles) =>
    new Map([...forVisits, ...attractions].map((file) => [file.path, file]));
  const [first, last] = [by(before), by(after)];
  const known = new Map(kept.map((file) => [file.path, file]));
  return read.map((file) => {
    if (file.version !== undefined) return file;
    const [a, b] = [first.get(file.path), last.get(file.path)];
    const isSettled = a !== undefined && b !== undefined && a.version === b.version && b.isFresh !== true;
    if (isSettled && b.bytes === file.bytes) return { ...file, version: b.version };
    return known.get(file.path) ?? file;
  });
}
