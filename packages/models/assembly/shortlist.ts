/** What 16 values of a row and the user's give, four sums that belong together. */
function products(row: usize, low: v128, high: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(v128.load_ext<i8>(row), low), i32x4.dot_i16x8_s(v128.load_ext<i8>(row + 8), high));
}

/** Sum of each of four vectors, as the four lanes of one. */
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 1, 4, 5), v128.shuffle<i32>(a, b, 2, 3, 6, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 1, 4, 5), v128.shuffle<i32>(c, d, 2, 3, 6, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 2, 4, 6), v128.shuffle<i32>(ab, cd, 1, 3, 5, 7));
}

/**
 * Writes, ascending, which rows of `[from, to)` have `scale * (unit * (row . user) + error)` of at least `threshold`.
 *
 * @param user address of the user's values, 16-bit, zeros up to `stride` of them
 * @param rows address of row 0, values of 8 bits; rows of `stride` values, a multiple of 16, follow each other up to a multiple of four rows
 * @param scales address of the rows' scales
 * @param from a multiple of 4
 * @param out address of room for `to - from` numbers
 * @returns how many
 */
export function shortlist(
  user: usize,
  rows: usize,
  scales: usize,
  stride: usize,
  from: u32,
  to: u32,
  unit: f32,
  error: f32,
  threshold: f32,
  out: usize,
): u32 {
  const least = f32x4.splat(threshold);
  const units = f32x4.splat(unit);
  const errors = f32x4.splat(error);
  let end = out;
  for (let n = from; n < to; n += 4) {
    const first = rows + <usize>n * stride;
    const second = first + stride;
    const third = second + stride;
    const fourth = third + stride;
    let a = i32x4.splat(0);
    let b = i32x4.splat(0);
    let c = i32x4.splat(0);
    let d = i32x4.splat(0);
    for (let k: usize = 0; k < stride; k += 16) {
      const low = v128.load(user + 2 * k);
      const high = v128.load(user + 2 * k + 16);
      a = i32x4.add(a, products(first + k, low, high));
      b = i32x4.add(b, products(second + k, low, high));
      c = i32x4.add(c, products(third + k, low, high));
      d = i32x4.add(d, products(fourth + k, low, high));
    }
    const dots = v128.convert<i32>(sums(a, b, c, d));
    const scores = f32x4.mul(v128.load(scales + 4 * <usize>n), f32x4.add(f32x4.mul(dots, units), errors));
    let found = i32x4.bitmask(f32x4.ge(scores, least));
    if (to - n < 4) found &= (1 << (to - n)) - 1;
    while (found) {
      store<u32>(end, n + ctz(found));
      end += 4;
      found &= found - 1;
    }
  }
  return <u32>((end - out) >> 2);
}
