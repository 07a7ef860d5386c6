import type { CalibrationBin } from '@attractions/contracts';

import type { Judgement } from '../judge/judge.js';

const bins = 10;

/** All pairs of a request and a candidate, in ten bins of rising score and nearly equal size. Equal scores share a bin's fate by place. */
export function calibrationOf({ rankings, scores }: Judgement, answers: readonly Uint32Array[]): CalibrationBin[] {
  const pairs = rankings.flatMap((ranking, request) => {
    const wanted = new Set(answers[request]);
    return Array.from(ranking, (item, place) => ({
      score: scores[request]?.[place] as number,
      answered: wanted.has(item),
    }));
  });
  pairs.sort((a, b) => a.score - b.score);
  return Array.from({ length: bins }, (_, bin) =>
    pairs.slice(Math.floor((bin * pairs.length) / bins), Math.floor(((bin + 1) * pairs.length) / bins)),
  )
    .filter((bin) => bin.length > 0)
    .map((bin) => ({
      pairs: bin.length,
      meanScore: bin.reduce((sum, { score }) => sum + score, 0) / bin.length,
      answered: bin.filter(({ answered }) => answered).length / bin.length,
    }));
}
