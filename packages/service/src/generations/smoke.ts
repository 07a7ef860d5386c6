import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Recommendations } from '@attractions/recommender';
import { attractionIdOf } from '@attractions/recommender';
import { ServiceError } from '../errors.js';
import { seenBy } from '@attractions/models';
import type { Generation } from '@attractions/models';
import type { Served } from '../served.js';

/** Most parks, and most known users, in the set. */
const SAMPLE = 20;

/**
 * The smoke test: sends a fixed set of requests to a generation before it is served: known users, an unknown one, a visitor with visits but without an id,
 * parks. Each answer must have as many attractions as possible (with rules, at most as many), each with a name and a finite score, and none that was visited.
 * Each request runs in its own turn of the event loop, so that other requests do not wait for all of them.
 * @throws ServiceError SERVICE_SMOKE_FAILED with the first wrong answer
 */
export async function checkAnswers({
  generation,
  recommender,
  underRules,
}: Pick<Served, 'generation' | 'recommender' | 'underRules'>): Promise<void> {
  for (const [n, request] of smokeSet(generation).entries()) {
    await nextTurn();
    const fault = faultOf(generation, request, answerTo(recommender, request), underRules);
    if (fault !== undefined)
      // The number of the request, not its content, which contains a user id.
      throw new ServiceError(
        'SERVICE_SMOKE_FAILED',
        `Model ${generation.seqs.model} answers request ${n} of the smoke set wrongly: ${fault}. Train again.`,
      );
  }
}

/** One request of the set. */
interface SmokeRequest {
  readonly userId?: string | undefined;
  readonly visits?: readonly string[];
  readonly park?: string;
  readonly limit: number;
}

function smokeSet({ userOf, attractions, parks }: Generation): SmokeRequest[] {
  const visit = attractions[0]?.attractionId;
  const names = [...parks.keys()];
  return [
    {},
    { userId: 'smoke: nobody has this id' },
    ...(visit === undefined ? [] : [{ visits: [visit] }]),
    ...spread(userOf.size).map((user) => ({ userId: userOf.at(user) })),
    ...spread(parks.size).map((place) => ({ park: names[place] as string, userId: userOf.at(0) })),
  ].map((request) => ({ ...request, limit: 10 }));
}

/** At most `SAMPLE` indexes below `count`, evenly spread, with the first and the last. */
function spread(count: number): number[] {
  if (count <= SAMPLE) return [...Array(count).keys()];
  return Array.from({ length: SAMPLE }, (_, n) => Math.round((n * (count - 1)) / (SAMPLE - 1)));
}

function answerTo(recommender: Served['recommender'], request: SmokeRequest): Recommendations | Error {
  try {
    return recommender.recommend(request);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function faultOf(
  generation: Generation,
  request: SmokeRequest,
  answer: Recommendations | Error,
  underRules: boolean,
): string | undefined {
  if (answer instanceof Error) return answer.message;
  const { recommendations } = answer;
  const visited = visitedBy(generation, request);
  const pool = request.park === undefined ? generation.itemOf.values() : (generation.parks.get(request.park) ?? []);
  const able = [...pool].filter((item) => !visited.has(item)).length;
  const due = Math.min(request.limit, able);
  const count = recommendations.length;
  if (count > due || (count < due && !underRules)) return `it lists ${count} attractions where ${due} are due`;
  if (new Set(recommendations.map(({ attractionId }) => attractionId)).size !== count)
    return 'an attraction comes twice';
  const bad = recommendations.find(
    ({ attractionId, name, score }) =>
      name === '' || !Number.isFinite(score) || visited.has(generation.itemOf.get(attractionId) ?? -1),
  );
  return bad && `'${bad.attractionId}' has no name, no finite score (${bad.score}), or was visited before`;
}

function visitedBy(generation: Generation, { userId, visits = [] }: SmokeRequest): Set<number> {
  const user = userId === undefined ? undefined : generation.userOf.get(userId);
  const items = new Set(user === undefined ? [] : seenBy(generation, user));
  for (const visit of visits) items.add(generation.itemOf.get(attractionIdOf(visit)) ?? -1);
  return items;
}
