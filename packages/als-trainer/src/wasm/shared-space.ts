import type { PairSpace } from '../pair-space.js';
import { pageBytes, planPairs } from './memory-plan.js';
import type { PairAddresses } from './memory-plan.js';
import type { WasmHost } from './module.js';

/** Room for pairs at the start of a memory that a kernel can then have: no pair is copied, or held twice. */
export function sharedSpace({ allocate }: WasmHost, entries: number): PairSpace {
  const plan = planPairs(entries);
  const memory = allocate(Math.ceil(plan.end / pageBytes));
  const { buffer } = memory;
  const room = ({ columns, codes }: PairAddresses) => ({
    columns: new Uint32Array(buffer, columns, entries),
    codes: new Uint8Array(buffer, codes, entries),
  });
  let isTaken = false;
  return {
    byUser: room(plan.users),
    byItem: room(plan.items),
    takeMemory() {
      if (isTaken) return undefined;
      isTaken = true;
      return memory;
    },
  };
}
