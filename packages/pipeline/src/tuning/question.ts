import type { Interactions } from '@attractions/als-trainer';
import { lastNewAttraction, pairSplitOf, readIdPairs } from '@attractions/evaluation';
import type { HeldOut, VisitLog } from '@attractions/evaluation';

/** What every trial of a study is asked: pairs to train on, and requests with what they should find. Plain arrays, so that a thread can take it. */
export interface TuningQuestion {
  readonly training: Interactions;
  /** The user of each request. */
  readonly users: Uint32Array;
  /** The items that each request may not be answered with. */
  readonly skip: readonly Uint32Array[];
  /** A "user" of it is a request. */
  readonly heldOut: HeldOut;
  readonly k: number;
}

/**
 * The second-last new attraction of each visitor in each park. The last one, which reports are about, is not looked at, so that a report
 * on what was chosen here stays honest.
 */
export function visitsQuestion(log: VisitLog, k = 5): TuningQuestion {
  const { training, requests, answers } = lastNewAttraction(lastNewAttraction(log).training, 3);
  const { names } = training;
  const itemCount = names.attractionIds.length;
  const outside = names.parks.map((_, park) =>
    Uint32Array.from(names.parkOf.keys()).filter((i) => names.parkOf[i] !== park),
  );
  return {
    training: {
      userCount: names.userIds.length,
      itemCount,
      users: training.users,
      items: training.attractions,
    },
    users: Uint32Array.from(requests, ({ user }) => user),
    skip: requests.map(({ park, visited }) => Uint32Array.of(...visited, ...(outside[park] as Uint32Array))),
    heldOut: {
      userCount: requests.length,
      itemCount,
      users: Uint32Array.from(answers.flatMap((items, request) => Array.from(items, () => request))),
      items: Uint32Array.from(answers.flatMap((items) => Array.from(items))),
    },
    k,
  };
}

/** Pairs of files, as `evaluate` takes them. The test must be one for choosing, not the one that is reported on. */
export async function listsQuestion(train: string, test: string, k: number): Promise<TuningQuestion> {
  const { training, seen, heldOut } = pairSplitOf(await readIdPairs(train), await readIdPairs(test));
  return { training, users: Uint32Array.from(seen.keys()), skip: seen, heldOut, k };
}
