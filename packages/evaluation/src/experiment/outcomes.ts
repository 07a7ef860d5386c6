import type { Exposure } from '@attractions/contracts';

import type { VisitLog } from '../visit-log.js';

const MS_PER_DAY = 86_400_000;

/** What became of the lists that one user was shown. */
export interface Outcome {
  readonly userId: string;
  readonly panel: string;
  /** Lists shown whose days are over. */
  readonly exposures: number;
  /** Whether at least one of them was followed: the user went to one of its attractions within the days after it. */
  readonly followed: boolean;
}

/**
 * Outcomes by user. A list whose days are not over by the last visit of the log is left out: its outcome is not known yet, and counting it
 * would favour the panel that was shown earlier.
 *
 * @param exposures of one experiment version, with users and panels.
 */
export function outcomesOf(exposures: readonly Exposure[], log: VisitLog, days: number): Outcome[] {
  const end = log.times.at(-1) ?? -Infinity;
  const visitsOf = visitsByName(log);
  const outcomes = new Map<string, Outcome>();
  for (const { userId, panel, shownAt, items } of exposures) {
    const [from, to] = [Number(shownAt), Number(shownAt) + days * MS_PER_DAY];
    if (userId === undefined || panel === undefined || to > end) continue;
    const shown = new Set(items);
    const went = (visitsOf.get(userId) ?? []).some(({ id, time }) => time > from && time <= to && shown.has(id));
    const before = outcomes.get(userId);
    outcomes.set(userId, {
      userId,
      panel,
      exposures: (before?.exposures ?? 0) + 1,
      followed: went || before?.followed === true,
    });
  }
  return [...outcomes.values()];
}

function visitsByName({ users, attractions, times, names }: VisitLog) {
  const byUser = new Map<string, { id: string; time: number }[]>();
  users.forEach((user, visit) => {
    const userId = names.userIds[user] as string;
    const entry = { id: names.attractionIds[attractions[visit] as number] as string, time: times[visit] as number };
    byUser.set(userId, [...(byUser.get(userId) ?? []), entry]);
  });
  return byUser;
}
