/** Maps values to places on a drawing, in a straight line. */
export function scale([from, to]: readonly [number, number], [start, end]: readonly [number, number]) {
  const span = to - from || 1;
  return (value: number): number => Math.round((start + ((value - from) / span) * (end - start)) * 10) / 10;
}

/** About five round values within a range: multiples of 1, 2 or 5 times a power of ten. */
export function ticks([from, to]: readonly [number, number]): number[] {
  const rough = (to - from) / 5 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((times) => times * power >= rough) ?? 10) * power;
  const first = Math.ceil(from / step);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, n) => Number(((first + n) * step).toPrecision(6)));
}
