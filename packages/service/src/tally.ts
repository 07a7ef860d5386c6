import type { Counter } from 'prom-client';

/** Counts for a counter of Prometheus, at the price of a map: labels are spelt and checked when somebody looks, not at each count. */
export interface Tally<L extends string> {
  add(labels: Readonly<Record<L, string>>, count?: number): void;
  /** Hands over what was counted since the last time. */
  settle(counter: Counter<L>): void;
}

/** @param names of the labels, all of them at each count */
export function tallyOf<L extends string>(names: readonly L[]): Tally<L> {
  const counts = new Map<string, { labels: Readonly<Record<L, string>>; count: number }>();
  return {
    add(labels, count = 1) {
      let key = '';
      for (const name of names) key += `${labels[name]}\0`;
      const known = counts.get(key);
      if (known) known.count += count;
      else counts.set(key, { labels, count });
    },
    settle(counter) {
      for (const each of counts.values()) {
        counter.inc({ ...each.labels }, each.count);
        each.count = 0;
      }
    },
  };
}
