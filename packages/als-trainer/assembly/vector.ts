/** Sum of four lanes, pairwise: the order that src/conjugate-gradient.ts has too. */
export function sumLanes(lanes: v128): f32 {
  return (
    f32x4.extract_lane(lanes, 0) +
    f32x4.extract_lane(lanes, 1) +
    (f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3))
  );
}

/** a . b over `bytes` of single-precision numbers, a multiple of 16. */
export function dot(a: usize, b: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  for (let k: usize = 0; k < bytes; k += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(a + k), v128.load(b + k)));
  return sumLanes(sum);
}

/** out += scale * row. */
export function addScaled(out: usize, scale: f32, row: usize, bytes: usize): void {
  const factor = f32x4.splat(scale);
  for (let k: usize = 0; k < bytes; k += 16)
    v128.store(out + k, f32x4.add(v128.load(out + k), f32x4.mul(factor, v128.load(row + k))));
}

/** out = scale * row. */
export function setScaled(out: usize, scale: f32, row: usize, bytes: usize): void {
  const factor = f32x4.splat(scale);
  for (let k: usize = 0; k < bytes; k += 16) v128.store(out + k, f32x4.mul(factor, v128.load(row + k)));
}

/** direction = residual + ratio * direction. */
export function turn(direction: usize, ratio: f32, residual: usize, bytes: usize): void {
  const factor = f32x4.splat(ratio);
  for (let k: usize = 0; k < bytes; k += 16)
    v128.store(direction + k, f32x4.add(v128.load(residual + k), f32x4.mul(factor, v128.load(direction + k))));
}

/** |row|^2 in four interleaved double-precision sums. */
export function squaredNorm(row: usize, bytes: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let k: usize = 0; k < bytes; k += 16) {
    const a = f64x2.promote_low_f32x4(v128.load64_zero(row + k));
    const b = f64x2.promote_low_f32x4(v128.load64_zero(row + k, 8));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  return sumPrecise(low, high);
}

export function sumPrecise(low: v128, high: v128): f64 {
  return (
    f64x2.extract_lane(low, 0) +
    f64x2.extract_lane(low, 1) +
    (f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1))
  );
}
