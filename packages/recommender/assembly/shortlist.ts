/** Sum of each of four vectors, as the four lanes of one. */
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}

/** The last values of a row that fill no vector. */
function tail(user: usize, row: usize, from: usize, bytes: usize): f32 {
  let sum: f32 = 0;
  for (let k = from; k < bytes; k += 4) sum += load<f32>(user + k) * load<f32>(row + k);
  return sum;
}

/** Dot product of one row, in single precision. */
function dot(user: usize, row: usize, bytes: usize): f32 {
  const whole = bytes & ~15;
  let sum = f32x4.splat(0);
  for (let k: usize = 0; k < whole; k += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(user + k), v128.load(row + k)));
  return f32x4.extract_lane(sums(sum, sum, sum, sum), 0) + tail(user, row, whole, bytes);
}

/**
 * Writes, ascending, which rows of `[from, to)` have a score of at least `threshold`, in single precision.
 *
 * @param user address of the user's values
 * @param rows address of row 0; rows of `bytes` follow each other without a gap
 * @param out address of room for `to - from` numbers
 * @returns how many
 */
export function shortlist(user: usize, rows: usize, bytes: usize, from: u32, to: u32, threshold: f32, out: usize): u32 {
  const whole = bytes & ~15;
  const least = f32x4.splat(threshold);
  let end = out;
  let n = from;
  for (; n + 4 <= to; n += 4) {
    const first = rows + <usize>n * bytes;
    const second = first + bytes;
    const third = second + bytes;
    const fourth = third + bytes;
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    for (let k: usize = 0; k < whole; k += 16) {
      const u = v128.load(user + k);
      a = f32x4.add(a, f32x4.mul(u, v128.load(first + k)));
      b = f32x4.add(b, f32x4.mul(u, v128.load(second + k)));
      c = f32x4.add(c, f32x4.mul(u, v128.load(third + k)));
      d = f32x4.add(d, f32x4.mul(u, v128.load(fourth + k)));
    }
    let scores = sums(a, b, c, d);
    if (whole < bytes)
      scores = f32x4.add(
        scores,
        f32x4(
          tail(user, first, whole, bytes),
          tail(user, second, whole, bytes),
          tail(user, third, whole, bytes),
          tail(user, fourth, whole, bytes),
        ),
      );
    let found = i32x4.bitmask(f32x4.ge(scores, least));
    while (found) {
      store<u32>(end, n + ctz(found));
      end += 4;
      found &= found - 1;
    }
  }
  for (; n < to; n++) {
    if (!(dot(user, rows + <usize>n * bytes, bytes) >= threshold)) continue;
    store<u32>(end, n);
    end += 4;
  }
  return <u32>((end - out) >> 2);
}
