import type { UpdateRecord } from '@attractions/feeds';
import type { Tally } from '../tally.js';
import type { Profile } from './profile.js';

/** How far a run may be from the updates before it. Shares are 0 to 1. */
export interface CheckRules {
  /** How many of the last updates a run is compared with, from 1. Default: 7. */
  readonly compareWith: number;
  /** Files, visits and users must each be at least this share of the median of those updates. Default: 0.7. */
  readonly minVolume: number;
  /** And at most so many times the median. Default: 10. */
  readonly maxVolume: number;
  /** The share of the users that the last update did not have. Default: 0.8. */
  readonly maxNewUsers: number;
  /** The share of the visited attractions that the last update did not have. Default: 0.5. */
  readonly maxNewAttractions: number;
  /** How many days the newest visit may be older than that of the last update. Default: 1. */
  readonly maxDaysBack: number;
  /** How many days the newest visit may lie back when the run ends. Default: any number. */
  readonly maxAgeDays: number;
  /** By how much the share of the lines that are refused for a column may rise. Fewer than ten lines never count. Default: 0.02. */
  readonly maxRejectRise: number;
  /** By how much the share of the attractions without a value in a column may rise. Default: 0.2. */
  readonly maxEmptyRise: number;
}

/** The rules where nothing else is said. */
export const DEFAULT_CHECKS: CheckRules = {
  compareWith: 7,
  minVolume: 0.7,
  maxVolume: 10,
  maxNewUsers: 0.8,
  maxNewAttractions: 0.5,
  maxDaysBack: 1,
  maxAgeDays: Infinity,
  maxRejectRise: 0.02,
  maxEmptyRise: 0.2,
};

/** What is checked. */
export interface Checked {
  readonly tally: Tally;
  /** Lines of users who were forgotten, which are not in the tally. */
  readonly forgotten: number;
  readonly profile: Profile;
  /** Paths of the raw files. */
  readonly sources: readonly { readonly path: string }[];
}

/** What the record of an update says of its checks. */
export type RecordedChecks = Readonly<Record<string, string | number | boolean>>;

const DAY_MS = 86_400_000;

/** Fewer lines than this say nothing of a column. */
const FEW = 10;

/** How many of the files that are gone are named. */
const FILES_NAMED = 3;

/** The figures of a run, for the record; later runs are compared with them. */
export function recordedChecks({ tally, forgotten, profile, sources }: Checked): RecordedChecks {
  const { rows, kept, duplicates, rejected, visits, users, attractions } = tally;
  const { range, fresh, rejects, empty } = profile;
  return {
    ...{ rows, kept, duplicates, rejected, files: sources.length, visits, users, attractions },
    ...(forgotten > 0 && { forgotten }),
    ...(range && { earliest: range.earliest.toISOString(), latest: range.latest.toISOString() }),
    ...(fresh && { newUsers: rounded(fresh.users), newAttractions: rounded(fresh.attractions) }),
    ...Object.fromEntries(Object.entries(rejects).map(([column, count]) => [`rejected.${column || 'line'}`, count])),
    ...Object.fromEntries(Object.entries(empty).map(([column, share]) => [`empty.${column}`, rounded(share)])),
  };
}

/**
 * The updates that a run is compared with: the last ones, newest first, back to one that was accepted although it was unlike those before it.
 */
export async function comparedWith(
  history: AsyncIterable<UpdateRecord>,
  { compareWith }: CheckRules,
): Promise<readonly UpdateRecord[]> {
  const updates: UpdateRecord[] = [];
  for await (const record of history) {
    updates.push(record);
    if (updates.length === compareWith || record.checks['accepted'] === true) break;
  }
  return updates;
}

/** How a run is unlike the updates before it, newest first: a sentence for each, with figures and the rule. Of a first run nothing is said but its age. */
export function checkProblems(
  found: Checked,
  before: readonly UpdateRecord[],
  rules: CheckRules,
  now = new Date(),
): readonly string[] {
  const [last] = before;
  const age = ageProblem(found.profile, rules, now);
  if (last === undefined) return age;
  return [
    ...volumeProblems(found, before, rules),
    ...freshProblems(found.profile, rules),
    ...backProblem(found.profile, last, rules),
    ...age,
    ...columnProblems(found, last, rules),
  ];
}

function volumeProblems({ tally, sources }: Checked, before: readonly UpdateRecord[], rules: CheckRules): string[] {
  const { minVolume, maxVolume } = rules;
  const known: readonly [string, number, (record: UpdateRecord) => unknown][] = [
    ['file', sources.length, (record) => record.sources.length],
    ['visit', tally.visits, (record) => record.totals.rows],
    ['user', tally.users, (record) => record.checks['users']],
  ];
  return known.flatMap(([what, count, valueOf]) => {
    const values = before.map(valueOf).filter((value) => typeof value === 'number');
    const usual = median(values);
    if (usual === undefined || usual === 0) return [];
    const share = count / usual;
    const last = values.length === 1 ? 'what the last update has' : `the median of the last ${values.length} updates`;
    const compared = `There ${count === 1 ? `is 1 ${what}` : `are ${count} ${what}s`}, ${percent(share)} of ${usual}, ${last}`;
    if (share < minVolume)
      return [`${compared}; checks.minVolume is ${percent(minVolume)}.${what === 'file' ? gone(sources, before) : ''}`];
    return share > maxVolume ? [`${compared}; checks.maxVolume is ${percent(maxVolume)}.`] : [];
  });
}

/** Names files of the last update that are not there. */
function gone(sources: Checked['sources'], [last]: readonly UpdateRecord[]): string {
  const there = new Set(sources.map(({ path }) => path));
  const missing = (last?.sources ?? []).flatMap(({ path }) => (there.has(path) ? [] : [path]));
  if (missing.length === 0) return '';
  const more = missing.length > FILES_NAMED ? ` and ${missing.length - FILES_NAMED} more` : '';
  return ` Not there any more: ${missing.slice(0, FILES_NAMED).join(', ')}${more}.`;
}

function freshProblems({ fresh }: Profile, { maxNewUsers, maxNewAttractions }: CheckRules): string[] {
  if (fresh === undefined) return [];
  const problems: string[] = [];
  const known = 'are not in the last update';
  if (fresh.users > maxNewUsers)
    problems.push(`${percent(fresh.users)} of the users ${known}; checks.maxNewUsers is ${percent(maxNewUsers)}.`);
  if (fresh.attractions > maxNewAttractions)
    problems.push(
      `${percent(fresh.attractions)} of the attractions ${known}; checks.maxNewAttractions is ${percent(maxNewAttractions)}.`,
    );
  return problems;
}

function backProblem({ range }: Profile, last: UpdateRecord, { maxDaysBack }: CheckRules): string[] {
  const before = new Date(String(last.checks['latest'])).getTime();
  if (range === undefined || Number.isNaN(before)) return [];
  const days = (before - range.latest.getTime()) / DAY_MS;
  if (days <= maxDaysBack) return [];
  return [
    `The newest visit is of ${range.latest.toISOString()}, ${days.toFixed(1)} days before that of the last update; checks.maxDaysBack is ${maxDaysBack}.`,
  ];
}

function ageProblem({ range }: Profile, { maxAgeDays }: CheckRules, now: Date): string[] {
  const days = range === undefined ? 0 : (now.getTime() - range.latest.getTime()) / DAY_MS;
  if (days <= maxAgeDays) return [];
  return [
    `The newest visit is of ${range?.latest.toISOString()}, ${days.toFixed(1)} days ago; checks.maxAgeDays is ${maxAgeDays}.`,
  ];
}

function columnProblems({ tally, profile }: Checked, last: UpdateRecord, rules: CheckRules): string[] {
  const shareBefore = (name: string) => Number(last.checks[name] ?? 0);
  const rowsBefore = Number(last.checks['rows'] ?? 0);
  const refused = Object.entries(profile.rejects).flatMap(([column, count]) => {
    const [share, before] = [count / tally.rows, shareBefore(`rejected.${column || 'line'}`) / (rowsBefore || 1)];
    if (count < FEW || share - before <= rules.maxRejectRise) return [];
    const subject = column === '' ? 'as a whole' : `for their column ${column}`;
    return [
      `${percent(share)} of the visit lines are refused ${subject}, in the last update ${percent(before)}; checks.maxRejectRise is ${percent(rules.maxRejectRise)}.`,
    ];
  });
  const empty = Object.entries(profile.empty).flatMap(([column, share]) => {
    const name = `empty.${column}`;
    if (!(name in last.checks) || share - shareBefore(name) <= rules.maxEmptyRise) return [];
    return [
      `${percent(share)} of the attractions have no ${column}, in the last update ${percent(shareBefore(name))}; checks.maxEmptyRise is ${percent(rules.maxEmptyRise)}.`,
    ];
  });
  return [...refused, ...empty];
}

/** The middle one; of an even number, the mean of the two. */
function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

const rounded = (share: number): number => Number(share.toFixed(6));
