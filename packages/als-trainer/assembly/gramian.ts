/** Rows that are widened to double precision at a time. */
export const blockRows: u32 = 32;

/** Widens `count` numbers, a multiple of four, times `scale`. */
export function widen(out: usize, row: usize, count: u32, scale: f64): void {
  const factor = f64x2.splat(scale);
  for (let k: u32 = 0; k < count; k += 4) {
    v128.store(out, f64x2.mul(factor, f64x2.promote_low_f32x4(v128.load64_zero(row))));
    v128.store(out, f64x2.mul(factor, f64x2.promote_low_f32x4(v128.load64_zero(row, 8))), 16);
    row += 16;
    out += 32;
  }
}

/**
 * sum += left' right over `count` rows of `width` double-precision numbers, row after row, in tiles of 4 x 4 that stay in registers.
 * Only tiles on and above the diagonal; `width` is a multiple of 4.
 */
export function addOuter(sum: usize, left: usize, right: usize, count: u32, width: u32): void {
  const bytes: usize = 8 * width;
  for (let i: usize = 0; i < bytes; i += 32)
    for (let j: usize = i; j < bytes; j += 32) addTile(sum + (i >> 3) * bytes + j, left + i, right + j, count, bytes);
}

function addTile(sum: usize, left: usize, right: usize, count: u32, bytes: usize): void {
  const second = sum + bytes;
  const third = second + bytes;
  const fourth = third + bytes;
  let a = v128.load(sum);
  let b = v128.load(sum, 16);
  let c = v128.load(second);
  let d = v128.load(second, 16);
  let e = v128.load(third);
  let f = v128.load(third, 16);
  let g = v128.load(fourth);
  let h = v128.load(fourth, 16);
  for (let k: u32 = 0; k < count; k++) {
    const low = v128.load(right);
    const high = v128.load(right, 16);
    let x = v128.load_splat<f64>(left);
    a = f64x2.add(a, f64x2.mul(x, low));
    b = f64x2.add(b, f64x2.mul(x, high));
    x = v128.load_splat<f64>(left, 8);
    c = f64x2.add(c, f64x2.mul(x, low));
    d = f64x2.add(d, f64x2.mul(x, high));
    x = v128.load_splat<f64>(left, 16);
    e = f64x2.add(e, f64x2.mul(x, low));
    f = f64x2.add(f, f64x2.mul(x, high));
    x = v128.load_splat<f64>(left, 24);
    g = f64x2.add(g, f64x2.mul(x, low));
    h = f64x2.add(h, f64x2.mul(x, high));
    left += bytes;
    right += bytes;
  }
  v128.store(sum, a);
  v128.store(sum, b, 16);
  v128.store(second, c);
  v128.store(second, d, 16);
  v128.store(third, e);
  v128.store(third, f, 16);
  v128.store(fourth, g);
  v128.store(fourth, h, 16);
}

/** Gramian of rows `from` to `to`, upper tiles only: `width` x `width` double-precision numbers at `out`. */
export function gramianOf(factors: usize, stride: u32, from: u32, to: u32, out: usize, scratch: usize): void {
  const width = stride >> 2;
  memory.fill(out, 0, 8 * width * width);
  for (let row = from; row < to; row += blockRows) {
    const rows = min(blockRows, to - row);
    for (let k: u32 = 0; k < rows; k++) widen(scratch + 8 * width * k, factors + <usize>(row + k) * stride, width, 1);
    addOuter(out, scratch, scratch, rows, width);
  }
}
