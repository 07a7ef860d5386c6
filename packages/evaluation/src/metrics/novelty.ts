/**
 * Novelty@k of one list (Zhou et al. 2010): the mean of log2(visitors / visitors of the item), in bits: the surprise of seeing
 * it in a stranger's history. An item without a visitor counts as if it had one. 0 for an empty list.
 *
 * @param popularity visitors of each item.
 * @param visitors how many there are in all, at least as many as any item has.
 */
export function novelty(list: ArrayLike<number>, popularity: ArrayLike<number>, visitors: number): number {
  if (list.length === 0) return 0;
  let bits = 0;
  for (let place = 0; place < list.length; place++)
    bits += Math.log2(visitors / Math.max(1, popularity[list[place] as number] as number));
  return bits / list.length;
}
