import { LIST_LENGTH } from './candidate.js';
import type { Candidate, CheckResult, GateLimits, GateProgress, Listed } from './candidate.js';
import type { History } from './fit.js';

const MS_PER_DAY = 86_400_000;

/**
 * Requests lists for every user: at the time of the latest visit, in its park and without a park, and a day later without a park. No visited attraction is listed again, every list is as long
 * as it can be, every score is a number, and the lists together have enough of the attractions.
 */
export function listChecks(
  candidate: Candidate,
  histories: readonly History[],
  { coverage }: Pick<GateLimits, 'coverage'>,
  { onUser }: GateProgress = {},
): CheckResult[] {
  const { model, attractions } = candidate;
  const idsIn = groupedByPark(candidate);
  const everywhere = attractions.map(({ attractionId }) => attractionId);
  const listed = new Set<string>();
  // Attractions that the rules hide from every request are not missed.
  const hidden = new Set(candidate.mayShow === undefined ? [] : everywhere);
  const faults = { visited: '', full: '', scores: '' };
  for (const [n, { userId, items, park, lastAt }] of histories.entries()) {
    const seen = new Set(Array.from(items, (item) => model.attractionIds[item]));
    for (const [pool, question] of [
      [everywhere, { userId, at: lastAt, limit: LIST_LENGTH }],
      [everywhere, { userId, at: lastAt + MS_PER_DAY, limit: LIST_LENGTH }],
      [idsIn.get(park) ?? [], { userId, park, at: lastAt, limit: LIST_LENGTH }],
    ] as const) {
      const list = candidate.ask(question);
      for (const { attractionId } of list) listed.add(attractionId);
      for (const id of hidden) if (candidate.mayShow?.(id, question)) hidden.delete(id);
      const due = candidate.due?.(question) ?? Math.min(LIST_LENGTH, pool.filter((id) => !seen.has(id)).length);
      faults.visited ||= visitedIn(userId, list, seen);
      faults.full ||= list.length === due ? '' : `'${userId}' gets ${list.length} attractions where ${due} are due`;
      faults.scores ||= list.every(({ score }) => Number.isFinite(score))
        ? ''
        : `'${userId}' gets a score that is not a number`;
    }
    onUser?.(n + 1, histories.length);
  }
  const wanted = model.attractionIds.filter((id) => !hidden.has(id));
  const share = wanted.filter((id) => listed.has(id)).length / (wanted.length || 1);
  const asked = `${histories.length} users asked for`;
  return [
    { check: 'visited', passed: faults.visited === '', found: faults.visited || `no visited attraction; ${asked}` },
    { check: 'full', passed: faults.full === '', found: faults.full || `lists of ${LIST_LENGTH}; ${asked}` },
    { check: 'scores', passed: faults.scores === '', found: faults.scores || `all finite; ${asked}` },
    {
      check: 'coverage',
      passed: share >= coverage,
      found: `${share.toFixed(4)} of the visited attractions are in anybody's list; ${coverage} is the least`,
    },
  ];
}

function groupedByPark({ attractions }: Candidate): Map<string, string[]> {
  const parks = new Map<string, string[]>();
  for (const { park, attractionId } of attractions) parks.set(park, [...(parks.get(park) ?? []), attractionId]);
  return parks;
}

function visitedIn(userId: string, list: readonly Listed[], seen: ReadonlySet<string | undefined>): string {
  const again = list.find(({ attractionId }) => seen.has(attractionId));
  return again ? `'${userId}' is recommended '${again.attractionId}' again` : '';
}
