import { assignmentIn } from '../assignment.js';
import type { Experiment } from '../experiment.js';
import type { Moments } from '../statistics/moments.js';
import type { Gathered, GatheredMetric, HeavyUsers, PanelMoments } from './gathered.js';
import { EXPOSURE } from './metric.js';
import type { CompleteMetric } from './metric.js';
import { latestPhase } from './phases.js';

/** A list that was shown to a user, as the feed `serving/exposures` has it; more properties do not matter. */
export interface ShownList {
  readonly shownAt: Date;
  readonly requestId: string;
  readonly userId?: string;
  readonly experiment?: string;
  readonly version?: number;
  readonly panel?: string;
  readonly bucket?: number;
  readonly forced?: boolean;
  readonly park?: string;
}

/** What a user did, as the feed `serving/events` has it. */
export interface UserEvent {
  readonly eventId: string;
  readonly userId: string;
  readonly type: string;
  readonly at: Date;
  readonly value?: number;
}

const DAY_MS = 86_400_000;

interface User {
  readonly userId: string;
  readonly panel: string;
  readonly firstMs: number;
  readonly park: string;
  readonly isKnown: boolean;
}

/** Gathers from rows in memory what a read-out needs: for small data, and slow. Nothing is said of users who were shown no list. */
export function gatherRows(
  versions: readonly Experiment[],
  exposures: readonly ShownList[],
  events: readonly UserEvent[],
  metrics: readonly CompleteMetric[],
): Gathered {
  const phase = latestPhase(versions);
  const inPhase = new Set(phase.map(({ version }) => version));
  const name = phase[0]?.experiment;
  const lists = exposures.filter(({ experiment }) => experiment === name);
  const known = new Map(events.map((event) => [event.eventId, event]));
  const outcomes = [...known.values()];
  const analysed = lists.filter(({ forced, version = 0 }) => forced !== true && inPhase.has(version));
  const users = usersIn(analysed, outcomes);
  const panelsOf = grouped(analysed, ({ userId = '' }) => userId);
  const changed = [...panelsOf].filter(([, shown]) => new Set(shown.map(({ panel }) => panel)).size > 1);
  const times = [...lists.map(({ shownAt }) => shownAt.getTime()), ...outcomes.map(({ at }) => at.getTime())];
  const endMs = times.reduce((most, time) => Math.max(most, time), 0);
  const beginMs = users.reduce((least, { firstMs }) => Math.min(least, firstMs), endMs);
  const firstDay = Math.floor(beginMs / DAY_MS);
  const [firstChanged] = changed;
  return {
    phase,
    versions: versions.map(({ version }) => version),
    exposures: lists.length,
    forced: lists.filter(({ forced }) => forced === true).length,
    disagreeing: disagreeingOf(versions, lists),
    changed: { users: changed.length, ...(firstChanged && { first: firstChanged[0] }) },
    moved: 0,
    beginMs,
    endMs,
    arrivals: arrivalsOf(users, firstDay),
    metrics: metrics.map((metric) => gathered(metric, users, analysed, outcomes, { firstDay, endMs })),
  };
}

function usersIn(lists: readonly ShownList[], events: readonly UserEvent[]): readonly User[] {
  const eventsOf = grouped(events, ({ userId }) => userId);
  return [...grouped(lists, ({ userId = '' }) => userId)].map(([userId, shown]) => {
    const first = shown.reduce((a, b) => (b.shownAt < a.shownAt ? b : a));
    const firstMs = first.shownAt.getTime();
    const isKnown = (eventsOf.get(userId) ?? []).some(({ at }) => at.getTime() < firstMs);
    return { userId, panel: first.panel ?? '', firstMs, park: first.park ?? '', isKnown };
  });
}

function disagreeingOf(versions: readonly Experiment[], lists: readonly ShownList[]): Gathered['disagreeing'] {
  const assigned = new Map(versions.map((experiment) => [experiment.version, assignmentIn(experiment)]));
  const forcedOn = new Map(versions.map(({ version, forced }) => [version, forced ?? {}]));
  const faults = lists.flatMap(({ userId = '', version = 0, panel, bucket, forced, requestId }) => {
    const logged = `request ${requestId} shows '${userId}' panel ${panel}, bucket ${bucket}`;
    if (forced === true)
      return forcedOn.get(version)?.[userId] === panel ? [] : [`${logged}, who is not a tester of it`];
    const right = assigned.get(version)?.(userId);
    if (right === undefined) return [`${logged}, who takes no part`];
    if (right.panel === panel && right.bucket === bucket) return [];
    return [`${logged}, which recomputes to panel ${right.panel}, bucket ${right.bucket}`];
  });
  const [first] = faults;
  return { lists: faults.length, ...(first !== undefined && { first }) };
}

function arrivalsOf(users: readonly User[], firstDay: number): Gathered['arrivals'] {
  const groups = grouped(users, ({ panel, firstMs }) =>
    JSON.stringify([Math.floor(firstMs / DAY_MS) - firstDay, panel]),
  );
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, those]) => {
      const [day, panel] = JSON.parse(key) as [number, string];
      return { panel, day, users: those.length };
    });
}

/** What one user did by a metric: when it counts, so much of what. */
interface Done {
  readonly user: User;
  readonly entryDay: number;
  readonly steps: readonly { readonly day: number; readonly y: number; readonly x: number }[];
  readonly z: number;
}

function gathered(
  metric: CompleteMetric,
  users: readonly User[],
  lists: readonly ShownList[],
  events: readonly UserEvent[],
  { firstDay, endMs }: { readonly firstDay: number; readonly endMs: number },
): GatheredMetric {
  const windowMs = metric.windowDays === undefined ? undefined : Math.round(metric.windowDays * DAY_MS);
  const eventsOf = grouped(events, ({ userId }) => userId);
  const listsOf = grouped(lists, ({ userId = '' }) => userId);
  const counted = users.filter(({ firstMs }) => firstMs + (windowMs ?? 0) <= endMs);
  const done = counted.map((user): Done => {
    const { userId, firstMs } = user;
    const dayOf = (ms: number): number => Math.floor(ms / DAY_MS) - firstDay;
    const entryDay = dayOf(firstMs + (windowMs ?? 0));
    const own = eventsOf.get(userId) ?? [];
    const isCounted = (ms: number): boolean => ms >= firstMs && ms < firstMs + (windowMs ?? Infinity);
    const worth = ({ value }: UserEvent): number => (metric.value ? (value ?? 0) : 1);
    const tops = own.filter(({ type, at }) => type === metric.event && isCounted(at.getTime()));
    const unders =
      metric.denominator === EXPOSURE
        ? (listsOf.get(userId) ?? []).map(({ shownAt }) => shownAt)
        : own.filter(({ type }) => type === metric.denominator).map(({ at }) => at);
    const steps = [
      ...tops.map((event) => ({ at: event.at, y: worth(event), x: 0 })),
      ...unders.filter((at) => isCounted(at.getTime())).map((at) => ({ at, y: 0, x: 1 })),
    ].map(({ at, ...sums }) => ({ day: windowMs === undefined ? dayOf(at.getTime()) : entryDay, ...sums }));
    const beforeMs = firstMs - Math.round(metric.cupedDays * DAY_MS);
    const earlier = own.filter(
      ({ type, at }) => metric.cuped && type === metric.event && at.getTime() < firstMs && at.getTime() >= beforeMs,
    );
    return { user, entryDay, steps, z: earlier.reduce((sum, event) => sum + worth(event), 0) };
  });
  const totals = done.map(({ steps }) => totalOf(steps));
  const caps = {
    y: capOf(
      metric,
      totals.map(({ y }) => y),
    ),
    x: capOf(
      metric,
      totals.map(({ x }) => x),
    ),
  };
  const at = (day: number): readonly PanelMoments[] => momentsOf(done, caps, day, ({ user }) => [user.panel]);
  const days = [...new Set(done.flatMap(({ entryDay, steps }) => [entryDay, ...steps.map(({ day }) => day)]))].sort(
    (a, b) => a - b,
  );
  const segments = (by: 'park' | 'user', valueOf: (user: User) => string) =>
    momentsOf(done, caps, Infinity, ({ user }) => [user.panel, valueOf(user)]).map(({ panel: key, moments }) => {
      const [panel = '', value = ''] = JSON.parse(key) as string[];
      return { by, value, panel, moments };
    });
  return {
    metric,
    panels: at(Infinity).map(plain),
    days: days.flatMap((day) => at(day).map((each) => ({ day, ...plain(each) }))),
    segments: [
      ...segments('park', ({ park }) => park),
      ...segments('user', ({ isKnown }) => (isKnown ? 'known' : 'new')),
    ],
    heavy: heavyOf(metric, done, totals, caps),
  };
}

function plain({ panel: key, moments }: PanelMoments): PanelMoments {
  return { panel: (JSON.parse(key) as string[])[0] ?? '', moments };
}

interface Sums {
  readonly y: number;
  readonly x: number;
}

function totalOf(steps: readonly Sums[]): Sums {
  return steps.reduce((sum, { y, x }) => ({ y: sum.y + y, x: sum.x + x }), { y: 0, x: 0 });
}

/** The value at the rank floor(quantile * (n - 1)) of the n that are above 0. */
function capOf({ type, winsorize }: CompleteMetric, values: readonly number[]): number {
  if (type === 'proportion') return 1;
  const positive = values.filter((value) => value > 0).sort((a, b) => a - b);
  if (winsorize >= 1) return Infinity;
  return positive[Math.floor(winsorize * (positive.length - 1))] ?? Infinity;
}

/** The sums of what was known at the end of a day, by a key of users. */
function momentsOf(
  done: readonly Done[],
  caps: Sums,
  day: number,
  keyOf: (done: Done) => readonly string[],
): readonly PanelMoments[] {
  const groups = grouped(
    done.filter(({ entryDay }) => entryDay <= day),
    (each) => JSON.stringify(keyOf(each)),
  );
  return [...groups].map(([panel, those]) => {
    const sums = { users: 0, y: 0, yy: 0, x: 0, xx: 0, xy: 0, z: 0, zz: 0, yz: 0 };
    for (const { steps, z: before } of those) {
      const total = totalOf(steps.filter((step) => step.day <= day));
      const [y, x, z] = [Math.min(total.y, caps.y), Math.min(total.x, caps.x), Math.min(before, caps.y)];
      sums.users += 1;
      sums.y += y;
      sums.yy += y * y;
      sums.x += x;
      sums.xx += x * x;
      sums.xy += x * y;
      sums.z += z;
      sums.zz += z * z;
      sums.yz += y * z;
    }
    return { panel, moments: sums satisfies Moments };
  });
}

function heavyOf(metric: CompleteMetric, done: readonly Done[], totals: readonly Sums[], caps: Sums): HeavyUsers {
  const whole = totals.reduce((sum, { y }) => sum + y, 0);
  const most = totals.reduce((top, { y }) => Math.max(top, y), 0);
  const [topUser] = done.flatMap(({ user }, n) => (totals[n]?.y === most ? [user.userId] : [])).sort();
  const isCapped = metric.type !== 'proportion';
  return {
    ...(isCapped && caps.y < Infinity && { cap: caps.y }),
    users: isCapped ? totals.filter(({ y, x }) => y > caps.y || x > caps.x).length : 0,
    ...(whole > 0 && topUser !== undefined && { topUser }),
    topShare: whole > 0 ? most / whole : 0,
  };
}

function grouped<T, K>(values: readonly T[], keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
