/** Whether a row's length is known when compiled. */
export function isFixed<T>(): bool {
  return offsetof<T>() > 16;
}

/** Bytes of a row. */
export function bytesOf<T>(stride: usize): usize {
  return isFixed<T>() ? offsetof<T>() : stride;
}

/** Four sums of four lanes as one vector of four sums, each joined pairwise like `sumLanes`. */
function join(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 2, 4, 6), v128.shuffle<f32>(a, b, 1, 3, 5, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 2, 4, 6), v128.shuffle<f32>(c, d, 1, 3, 5, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}

/** out[r] = rows[r] . v for eight adjacent rows. */
export function dotEight<T>(rows: usize, v: usize, out: usize, stride: usize): void {
  if (!isFixed<T>()) {
    dotFour(rows, v, out, stride);
    dotFour(rows + 4 * stride, v, out + 16, stride);
    return;
  }
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  let f = a;
  let g = a;
  let h = a;
  const end = v + offsetof<T>();
  do {
    let x = v128.load(v);
    a = f32x4.add(a, f32x4.mul(x, v128.load(rows)));
    b = f32x4.add(b, f32x4.mul(x, v128.load(rows, offsetof<T>())));
    c = f32x4.add(c, f32x4.mul(x, v128.load(rows, 2 * offsetof<T>())));
    d = f32x4.add(d, f32x4.mul(x, v128.load(rows, 3 * offsetof<T>())));
    e = f32x4.add(e, f32x4.mul(x, v128.load(rows, 4 * offsetof<T>())));
    f = f32x4.add(f, f32x4.mul(x, v128.load(rows, 5 * offsetof<T>())));
    g = f32x4.add(g, f32x4.mul(x, v128.load(rows, 6 * offsetof<T>())));
    h = f32x4.add(h, f32x4.mul(x, v128.load(rows, 7 * offsetof<T>())));
    x = v128.load(v, 16);
    a = f32x4.add(a, f32x4.mul(x, v128.load(rows, 16)));
    b = f32x4.add(b, f32x4.mul(x, v128.load(rows, offsetof<T>() + 16)));
    c = f32x4.add(c, f32x4.mul(x, v128.load(rows, 2 * offsetof<T>() + 16)));
    d = f32x4.add(d, f32x4.mul(x, v128.load(rows, 3 * offsetof<T>() + 16)));
    e = f32x4.add(e, f32x4.mul(x, v128.load(rows, 4 * offsetof<T>() + 16)));
    f = f32x4.add(f, f32x4.mul(x, v128.load(rows, 5 * offsetof<T>() + 16)));
    g = f32x4.add(g, f32x4.mul(x, v128.load(rows, 6 * offsetof<T>() + 16)));
    h = f32x4.add(h, f32x4.mul(x, v128.load(rows, 7 * offsetof<T>() + 16)));
    rows += 32;
    v += 32;
  } while (v < end);
  v128.store(out, join(a, b, c, d));
  v128.store(out, join(e, f, g, h), 16);
}

/** The same for four rows of any length: with eight the addresses alone would not fit into the registers. */
function dotFour(rows: usize, v: usize, out: usize, stride: usize): void {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let second = rows + stride;
  let third = second + stride;
  let fourth = third + stride;
  const end = v + stride;
  do {
    let x = v128.load(v);
    a = f32x4.add(a, f32x4.mul(x, v128.load(rows)));
    b = f32x4.add(b, f32x4.mul(x, v128.load(second)));
    c = f32x4.add(c, f32x4.mul(x, v128.load(third)));
    d = f32x4.add(d, f32x4.mul(x, v128.load(fourth)));
    x = v128.load(v, 16);
    a = f32x4.add(a, f32x4.mul(x, v128.load(rows, 16)));
    b = f32x4.add(b, f32x4.mul(x, v128.load(second, 16)));
    c = f32x4.add(c, f32x4.mul(x, v128.load(third, 16)));
    d = f32x4.add(d, f32x4.mul(x, v128.load(fourth, 16)));
    rows += 32;
    second += 32;
    third += 32;
    fourth += 32;
    v += 32;
  } while (v < end);
  v128.store(out, join(a, b, c, d));
}

/** out += sum of scales[r] rows[r] for eight adjacent rows, row after row; `low` and `high` are the scales. */
export function addEight<T>(rows: usize, low: v128, high: v128, out: usize, stride: usize): void {
  if (!isFixed<T>()) {
    addFour(rows, low, out, stride);
    addFour(rows + 4 * stride, high, out, stride);
    return;
  }
  const a = v128.shuffle<f32>(low, low, 0, 0, 0, 0);
  const b = v128.shuffle<f32>(low, low, 1, 1, 1, 1);
  const c = v128.shuffle<f32>(low, low, 2, 2, 2, 2);
  const d = v128.shuffle<f32>(low, low, 3, 3, 3, 3);
  const e = v128.shuffle<f32>(high, high, 0, 0, 0, 0);
  const f = v128.shuffle<f32>(high, high, 1, 1, 1, 1);
  const g = v128.shuffle<f32>(high, high, 2, 2, 2, 2);
  const h = v128.shuffle<f32>(high, high, 3, 3, 3, 3);
  const end = out + offsetof<T>();
  do {
    let s = f32x4.add(v128.load(out), f32x4.mul(a, v128.load(rows)));
    let t = f32x4.add(v128.load(out, 16), f32x4.mul(a, v128.load(rows, 16)));
    s = f32x4.add(s, f32x4.mul(b, v128.load(rows, offsetof<T>())));
    t = f32x4.add(t, f32x4.mul(b, v128.load(rows, offsetof<T>() + 16)));
    s = f32x4.add(s, f32x4.mul(c, v128.load(rows, 2 * offsetof<T>())));
    t = f32x4.add(t, f32x4.mul(c, v128.load(rows, 2 * offsetof<T>() + 16)));
    s = f32x4.add(s, f32x4.mul(d, v128.load(rows, 3 * offsetof<T>())));
    t = f32x4.add(t, f32x4.mul(d, v128.load(rows, 3 * offsetof<T>() + 16)));
    s = f32x4.add(s, f32x4.mul(e, v128.load(rows, 4 * offsetof<T>())));
    t = f32x4.add(t, f32x4.mul(e, v128.load(rows, 4 * offsetof<T>() + 16)));
    s = f32x4.add(s, f32x4.mul(f, v128.load(rows, 5 * offsetof<T>())));
    t = f32x4.add(t, f32x4.mul(f, v128.load(rows, 5 * offsetof<T>() + 16)));
    s = f32x4.add(s, f32x4.mul(g, v128.load(rows, 6 * offsetof<T>())));
    t = f32x4.add(t, f32x4.mul(g, v128.load(rows, 6 * offsetof<T>() + 16)));
    s = f32x4.add(s, f32x4.mul(h, v128.load(rows, 7 * offsetof<T>())));
    t = f32x4.add(t, f32x4.mul(h, v128.load(rows, 7 * offsetof<T>() + 16)));
    v128.store(out, s);
    v128.store(out, t, 16);
    rows += 32;
    out += 32;
  } while (out < end);
}

function addFour(rows: usize, scales: v128, out: usize, stride: usize): void {
  const a = v128.shuffle<f32>(scales, scales, 0, 0, 0, 0);
  const b = v128.shuffle<f32>(scales, scales, 1, 1, 1, 1);
  const c = v128.shuffle<f32>(scales, scales, 2, 2, 2, 2);
  const d = v128.shuffle<f32>(scales, scales, 3, 3, 3, 3);
  let second = rows + stride;
  let third = second + stride;
  let fourth = third + stride;
  const end = out + stride;
  do {
    let s = f32x4.add(v128.load(out), f32x4.mul(a, v128.load(rows)));
    let t = f32x4.add(v128.load(out, 16), f32x4.mul(a, v128.load(rows, 16)));
    s = f32x4.add(s, f32x4.mul(b, v128.load(second)));
    t = f32x4.add(t, f32x4.mul(b, v128.load(second, 16)));
    s = f32x4.add(s, f32x4.mul(c, v128.load(third)));
    t = f32x4.add(t, f32x4.mul(c, v128.load(third, 16)));
    s = f32x4.add(s, f32x4.mul(d, v128.load(fourth)));
    t = f32x4.add(t, f32x4.mul(d, v128.load(fourth, 16)));
    v128.store(out, s);
    v128.store(out, t, 16);
    rows += 32;
    second += 32;
    third += 32;
    fourth += 32;
    out += 32;
  } while (out < end);
}

/** out = (base + ridge I) v; `base` has as many rows as a row has factors. */
export function multiplyBase<T>(out: usize, base: usize, ridge: f32, v: usize, stride: usize): void {
  const bytes = bytesOf<T>(stride);
  const scale = f32x4.splat(ridge);
  for (let k: usize = 0; k < bytes; k += 16) v128.store(out + k, f32x4.mul(scale, v128.load(v + k)));
  for (let k: usize = 0; k < bytes; k += 32) {
    addEight<T>(base, v128.load(v + k), v128.load(v + k, 16), out, stride);
    base += 8 * bytes;
  }
}
