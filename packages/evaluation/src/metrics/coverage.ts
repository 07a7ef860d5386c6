/** Catalogue coverage@k (Ge, Delgado-Battenfeld and Jannach 2010): the share of all items that stand in anybody's first k. */
export function coverage(lists: readonly ArrayLike<number>[], itemCount: number): number {
  const shown = new Set<number>();
  for (const list of lists) for (let place = 0; place < list.length; place++) shown.add(list[place] as number);
  return shown.size / itemCount;
}
