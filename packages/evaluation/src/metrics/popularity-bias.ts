/**
 * Popularity bias@k of one list: the mean popularity of its items (ARP: Yin et al. 2012) over the mean popularity of all items.
 * 1 is none, 2 means that what is shown is twice as popular as the catalogue. 0 for an empty list.
 *
 * @param popularity visitors of each item, not all 0.
 */
export function popularityBias(list: ArrayLike<number>, popularity: ArrayLike<number>): number {
  if (list.length === 0) return 0;
  let all = 0;
  for (let item = 0; item < popularity.length; item++) all += popularity[item] as number;
  let shown = 0;
  for (let place = 0; place < list.length; place++) shown += popularity[list[place] as number] as number;
  return shown / list.length / (all / popularity.length);
}
