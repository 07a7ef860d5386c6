import type { WorstRequest } from '@attractions/contracts';

import type { Judgement } from '../judge/judge.js';
import type { Request, Split } from '../splits/split.js';

const shown = 10;

/** The requests whose best-placed answer stands furthest down; of equal places the earlier request. */
export function worstRequests({ rankings, report }: Judgement, { requests, answers, training }: Split): WorstRequest[] {
  const { titles, userIds, parks } = training.names;
  const title = (item: number): string => titles[item] as string;
  return rankings
    .map((ranking, request) => {
      const wanted = new Set(answers[request]);
      const found = ranking.findIndex((item) => wanted.has(item));
      return { request, place: found < 0 ? ranking.length + 1 : found + 1, answer: ranking[found] };
    })
    .sort((a, b) => b.place - a.place || a.request - b.request)
    .slice(0, shown)
    .map(({ request, place, answer }) => {
      const { user, park, time } = requests[request] as Request;
      const ranking = rankings[request] as Uint32Array;
      return {
        userId: userIds[user] as string,
        park: parks[park] as string,
        time: new Date(time).toISOString(),
        answer: title(answer ?? (answers[request]?.[0] as number)),
        place,
        candidates: ranking.length,
        listed: Array.from(ranking.slice(0, report.k), title),
      };
    });
}
