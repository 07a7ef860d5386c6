import type { Generation } from '@attractions/models';

/** What V8 needs on a 64-bit machine, in bytes: for an object, for each of its fields, for an entry of a Map or Set, and for a string without its characters. */
const OBJECT = 40;
const FIELD = 8;
const ENTRY = 48;
const STRING = 24;
const NUMBER = 16;

/** Members of a list that are measured; the others count as much as these on average. */
const MEASURED = 500;

/** What a recommender makes of a generation beside it, such as the lists of popular attractions: so much of the whole was measured. */
const RECOMMENDER_SHARE = 1 / 8;

/** The memory of a served generation in bytes: its arrays of numbers exactly, its objects by their fields, and a share for its recommender. */
export function bytesOf(generation: Generation): number {
  const seen = new Set<object>();
  const listed = (values: readonly unknown[]): number => {
    const measured = values.slice(0, MEASURED).reduce<number>((sum, value) => sum + FIELD + measure(value), 0);
    return values.length <= MEASURED ? measured : (measured * values.length) / MEASURED;
  };
  const measure = (value: unknown): number => {
    if (typeof value === 'string') return STRING + value.length;
    if (typeof value === 'number') return Number.isInteger(value) ? 0 : NUMBER;
    if (typeof value !== 'object' || value === null || seen.has(value)) return 0;
    seen.add(value);
    if (ArrayBuffer.isView(value)) {
      if (seen.has(value.buffer)) return OBJECT;
      seen.add(value.buffer);
      return OBJECT + value.buffer.byteLength;
    }
    if (Array.isArray(value)) return OBJECT + listed(value);
    if (value instanceof Map || value instanceof Set)
      return OBJECT + value.size * ENTRY + listed([...value.values()].slice(0, MEASURED)) * growth(value.size);
    // Not through accessors: the ids of users are made when they are read.
    const fields = Object.values(Object.getOwnPropertyDescriptors(value)).filter((field) => field.get === undefined);
    return fields.reduce((sum, field) => sum + FIELD + measure(field.value), OBJECT);
  };
  return (measure(generation) + measure(generation.userOf.parts)) * (1 + RECOMMENDER_SHARE);
}

const growth = (size: number): number => Math.max(1, size / MEASURED);
