import type { Interactions } from '@attractions/als-trainer';
import { lastNewAttraction, pairSplitOf, readIdPairs } from '@attractions/evaluation';
import type { HeldOut, VisitLog } from '@attractions/evaluation';

/** The task of every trial of a study: pairs to train on, and requests with the items to find. Plain arrays, so that it can be sent to a thread. */
export interface TuningQuestion {
  readonly training: Interactions;
  /** The user of each request. */
  readonly users: Uint32Array;
  /** The items that must not be in the list of each request. */
  readonly skip: readonly Uint32Array[];
  /** Its users are the requests. */
  readonly heldOut: HeldOut;
  readonly k: number;
}

/**
 * To find the second-last new attraction of each visitor in each park. The last one is not used, because reports measure it: so a report on options that were
 * chosen here stays honest.
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

/** Pairs from files, as in `evaluate`. The test file must be one for choosing options, not the one for the report. */
export async function listsQuestion(train: string, test: string, k: number): Promise<TuningQuestion> {
  const { training, seen, heldOut } = pairSplitOf(await readIdPairs(train), await readIdPairs(test));
  return { training, users: Uint32Array.from(seen.keys()), skip: seen, heldOut, k };
}
