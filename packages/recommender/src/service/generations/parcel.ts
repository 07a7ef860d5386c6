import { isArrayBuffer } from 'node:util/types';
import type { AlsGeneration } from '@attractions/feeds';
import type { Generation } from '../../generation/generation.js';
import { IdIndex } from '../../generation/id-index.js';
import type { IdIndexParts } from '../../generation/id-index.js';

/** A generation as it goes from thread to thread: nothing in it is made of as many objects as there are users. */
export interface Parcel extends Omit<Generation, 'userOf'> {
  /** Its user ids are in `users` and not here. */
  readonly model: AlsGeneration;
  readonly users: IdIndexParts;
}

/** What to post, and the memory that moves with it: the sender cannot use the generation afterwards. */
export function packed({ model, userOf, ...rest }: Generation): { parcel: Parcel; memory: ArrayBuffer[] } {
  const parcel = { ...rest, model: { ...model, userIds: [] }, users: userOf.parts };
  const { visitCounts, lastVisits, visitors } = rest;
  const arrays = [
    ...Object.values(userOf.parts),
    ...Object.values(model.seen),
    ...Object.values(lastVisits),
    ...[model.userFactors, model.itemFactors, model.visitors, visitors, visitCounts],
  ];
  // Arrays out of one file may share its memory.
  const memory = new Set(arrays.map(({ buffer }) => buffer).filter(isArrayBuffer));
  return { parcel, memory: [...memory] };
}

/** The generation. The user ids of its model become strings only when somebody asks for them. */
export function unpacked({ model, users, ...rest }: Parcel): Generation {
  const userOf = new IdIndex(users);
  let userIds: readonly string[] | undefined;
  const whole: AlsGeneration = {
    ...model,
    get userIds() {
      return (userIds ??= userOf.ids());
    },
  };
  return { ...rest, model: whole, userOf };
}
