import type { Experiment, Panel } from '../experiment.js';
import { countIn } from '../lifecycle/shares.js';

/**
 * The versions that are analysed together: the latest, and those before it from which no user changed panel and in which the panels had the same shares of the
 * users. Widening a layer or all panels by one factor keeps a phase; another ratio, salt, recommender or set of panels begins one: users who were shown
 * different things at different times, in another mix of days, must not be compared.
 *
 * @param versions of one experiment, in any order
 * @returns in rising order
 */
export function latestPhase(versions: readonly Experiment[]): readonly Experiment[] {
  const rising = versions.toSorted((a, b) => a.version - b.version);
  let begin = rising.length - 1;
  while (begin > 0 && continues(rising[begin - 1] as Experiment, rising[begin] as Experiment)) begin--;
  return rising.slice(Math.max(0, begin));
}

function continues(before: Experiment, after: Experiment): boolean {
  const told = ({ salt, layerSalt, design = 'ab', panels }: Experiment): string =>
    JSON.stringify([salt, layerSalt, design, panels.map(({ name, recommender, value }) => [name, recommender, value])]);
  if (told(before) !== told(after)) return false;
  const [wholeBefore, wholeAfter] = [before, after].map(({ panels }) =>
    panels.reduce((sum, panel) => sum + countIn(panel.buckets), 0),
  ) as [number, number];
  const isSameRatio = before.panels.every(
    (panel, n) => countIn(panel.buckets) * wholeAfter === countIn((after.panels[n] as Panel).buckets) * wholeBefore,
  );
  const overlaps = before.panels.some(({ name, buckets }) =>
    buckets.some(([from, to]) =>
      after.panels.some((other) => other.name !== name && other.buckets.some(([low, high]) => from < high && low < to)),
    ),
  );
  return isSameRatio && !overlaps;
}
