import type { RecommendationRequest } from '@attractions/contracts';
import { EvaluationError } from '../errors.js';
import { evaluate, metricNames, rankByScore } from '../evaluate.js';
import type { Report, HeldOut } from '../evaluate.js';
import { recommendationRequestOf } from '../splits/split.js';
import type { Request, Split } from '../splits/split.js';
import { visitorsOf } from '../visit-log.js';
import type { LogNames, VisitLog } from '../visit-log.js';
import type { Contender } from './contender.js';

/** How contenders are judged. */
export interface JudgeOptions {
  /** Length of the list that counts. Default 5. */
  readonly k?: number;
  /** Which attractions compete: those of the visitor's park, or of all parks. Visited ones never do. Default `park`. */
  readonly candidates?: 'park' | 'all';
  /** Whether an attraction may be shown; one that may not is not a candidate. Default: all may. */
  readonly mayShow?: MayShow | undefined;
  /** Told before each contender: its name, how many were judged, and how many there are; and once more at the end, of the last. */
  readonly onContender?: ((name: string, judged: number, of: number) => void) | undefined;
}

/** Whether rules let an attraction be shown in answer to a request. */
export type MayShow = (attractionId: string, request: RecommendationRequest) => boolean;

/** What one contender did. */
export interface Judgement {
  readonly name: string;
  readonly description: string;
  /** The candidates of each request of the split, best first: the full ranking. */
  readonly rankings: readonly Uint32Array[];
  /** Their scores, in the order of the ranking. */
  readonly scores: readonly Float64Array[];
  /** Each of its users is one request of the split. */
  readonly report: Report;
  /** Time to learn and to answer all requests. */
  readonly seconds: number;
}

/**
 * Lets each contender learn and answer every request, and measures its full rankings.
 * @throws EvaluationError EVALUATION_SCORES_INVALID
 */
export async function judge(
  split: Split,
  contenders: readonly Contender[],
  options: JudgeOptions = {},
): Promise<Judgement[]> {
  const candidatesOf = candidates(split.training.names, options.candidates ?? 'park', options.mayShow);
  const heldOut = heldOutOf(split);
  const judgements: Judgement[] = [];
  for (const contender of contenders) {
    options.onContender?.(contender.name, judgements.length, contenders.length);
    const begin = performance.now();
    const answers = await answersOf(contender, split, candidatesOf);
    const rankings = answers.map(({ ranking }) => ranking);
    judgements.push({
      name: contender.name,
      description: contender.description,
      rankings,
      scores: answers.map(({ scores }) => scores),
      report: evaluate((request) => rankings[request] as Uint32Array, heldOut, {
        k: options.k ?? 5,
        metrics: metricNames,
      }),
      seconds: (performance.now() - begin) / 1000,
    });
  }
  options.onContender?.(contenders.at(-1)?.name ?? '', judgements.length, contenders.length);
  return judgements;
}

async function answersOf(
  { name, learn }: Contender,
  { training, requests }: Split,
  candidatesOf: (request: Request) => Uint32Array,
) {
  const score = await learn(training);
  const n = training.names.attractionIds.length;
  return requests.map((request) => {
    const all = score(request);
    if (all.length !== n)
      throw new EvaluationError(
        'EVALUATION_SCORES_INVALID',
        `'${name}' gave ${all.length} scores for ${n} attractions; was it trained on another vocabulary?`,
      );
    const open = candidatesOf(request);
    const ranking = rankByScore(all, open, open.length);
    return { ranking, scores: Float64Array.from(ranking, (item) => all[item] as number) };
  });
}

function candidates(
  names: LogNames,
  which: 'park' | 'all',
  mayShow: MayShow | undefined,
): (request: Request) => Uint32Array {
  const { parks, parkOf, attractionIds } = names;
  const pools = parks.map((_, park) =>
    Uint32Array.from(parkOf.keys()).filter((item) => which === 'all' || parkOf[item] === park),
  );
  return (request) => {
    const hidden = new Set(request.visited);
    const open = (pools[request.park] as Uint32Array).filter((item) => !hidden.has(item));
    if (mayShow === undefined) return open;
    const asked = recommendationRequestOf(request, names, 1);
    return open.filter((item) => mayShow(attractionIds[item] as string, asked));
  };
}

/** Each request is a user of its own, since one user may ask in two parks. */
function heldOutOf({ training, requests, answers }: Split): HeldOut {
  return {
    userCount: requests.length,
    itemCount: training.names.attractionIds.length,
    users: Uint32Array.from(answers.flatMap((items, request) => Array.from(items, () => request))),
    items: Uint32Array.from(answers.flatMap((items) => Array.from(items))),
    popularity: visitorsOf(training),
    visitorCount: visitorCountOf(training),
  };
}

const visitorCountOf = ({ users }: VisitLog): number => new Set(users).size;
