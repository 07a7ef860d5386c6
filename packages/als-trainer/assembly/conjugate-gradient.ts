import { gatherRows, gatherTerms } from './pairs';
import { addEight, bytesOf, dotEight, multiplyBase } from './rows';
import { Step } from './step';
import { addScaled, dot, setScaled, squaredNorm, sumLanes, sumPrecise, turn } from './vector';

/** Below this squared residual a row is solved: another step would only divide rounding errors. */
const solvedResidual: f32 = 1e-20;

/** Loss of pairs at their scores: constant + score (quadratic score - 2 linear), single precision, summed in double. */
function observedLoss(count: u32, scores: usize, linear: usize, quadratic: usize, constant: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let k: usize = 0; k < 4 * count; k += 16) {
    const score = v128.load(scores + k);
    const twice = f32x4.add(v128.load(linear + k), v128.load(linear + k));
    const bend = f32x4.sub(f32x4.mul(v128.load(quadratic + k), score), twice);
    const loss = f32x4.add(v128.load(constant + k), f32x4.mul(score, bend));
    low = f64x2.add(low, f64x2.promote_low_f32x4(loss));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(loss, loss, 2, 3, 2, 3)));
  }
  return sumPrecise(low, high);
}

/** residual += sum over pairs of (linear - quadratic score) y, and the scores. One panel of pairs. */
function addGradient<T>(
  count: u32,
  panel: usize,
  x: usize,
  scores: usize,
  linear: usize,
  quadratic: usize,
  residual: usize,
  stride: usize,
): void {
  const bytes = bytesOf<T>(stride);
  for (let k: usize = 0; k < 4 * count; k += 32) {
    dotEight<T>(panel, x, scores + k, stride);
    const low = f32x4.mul(v128.load(quadratic + k), v128.load(scores + k));
    const high = f32x4.mul(v128.load(quadratic + k, 16), v128.load(scores + k, 16));
    addEight<T>(
      panel,
      f32x4.sub(v128.load(linear + k), low),
      f32x4.sub(v128.load(linear + k, 16), high),
      residual,
      stride,
    );
    panel += 8 * bytes;
  }
}

/**
 * product += sum over pairs of quadratic (y . direction) y, and the slopes y . direction. One panel of pairs.
 * Returns `lanes` plus the pairs' part of the curvature. In the last step the product is not needed.
 */
function addProduct<T>(
  count: u32,
  panel: usize,
  direction: usize,
  slopes: usize,
  quadratic: usize,
  product: usize,
  lanes: v128,
  last: bool,
  stride: usize,
): v128 {
  const bytes = bytesOf<T>(stride);
  for (let k: usize = 0; k < 4 * count; k += 32) {
    dotEight<T>(panel, direction, slopes + k, stride);
    const a = v128.load(slopes + k);
    const b = v128.load(slopes + k, 16);
    const low = f32x4.mul(v128.load(quadratic + k), a);
    const high = f32x4.mul(v128.load(quadratic + k, 16), b);
    lanes = f32x4.add(f32x4.add(lanes, f32x4.mul(low, a)), f32x4.mul(high, b));
    if (!last) addEight<T>(panel, low, high, product, stride);
    panel += 8 * bytes;
  }
  return lanes;
}

/**
 * A few conjugate-gradient steps for one row; the algorithm and the order of its additions are those of src/conjugate-gradient.ts.
 * A row that fits the panel is gathered once; a longer one panel by panel in each pass, which keeps it in the second-level cache.
 * Returns the loss of the row's pairs.
 */
function solveRow<T>(stepAt: usize, scratch: usize, row: u32): f64 {
  const step = Step.at(stepAt);
  const stride: usize = step.stride;
  const bytes = bytesOf<T>(stride);
  const begin = load<u32>(step.offsetsAt + 4 * row);
  const count = load<u32>(step.offsetsAt + 4 * row, 4) - begin;
  const x = step.solvedAt + <usize>row * bytes;
  if (count === 0) {
    memory.fill(x, 0, bytes);
    return 0;
  }
  const residual = scratch;
  const direction = residual + bytes;
  const product = direction + bytes;
  const linear = product + bytes;
  const quadratic = linear + 4 * step.longestRow;
  const constant = quadratic + 4 * step.longestRow;
  const scores = constant + 4 * step.longestRow;
  const slopes = scores + 4 * step.longestRow;
  const panel = slopes + 4 * step.longestRow;
  const panelRows = step.panelRows;
  const ridge = load<f32>(step.ridgesAt + 4 * row);

  gatherTerms(stepAt, begin, count, linear, quadratic, constant);
  multiplyBase<T>(product, step.baseAt, ridge, x, stride);
  setScaled(residual, -1, product, bytes);
  for (let from: u32 = 0; from < count; from += panelRows) {
    const rows = min(panelRows, count - from);
    gatherRows(stepAt, begin + from, rows, panel, bytes);
    addGradient<T>(rows, panel, x, scores + 4 * from, linear + 4 * from, quadratic + 4 * from, residual, stride);
  }
  memory.copy(direction, residual, bytes);
  let squared = dot(residual, residual, bytes);
  for (let s: u32 = 1; s <= step.steps && squared >= solvedResidual; s++) {
    multiplyBase<T>(product, step.baseAt, ridge, direction, stride);
    let curvature = dot(direction, product, bytes);
    let lanes = f32x4.splat(0);
    const last = s === step.steps;
    for (let from: u32 = 0; from < count; from += panelRows) {
      const rows = min(panelRows, count - from);
      if (count > panelRows) gatherRows(stepAt, begin + from, rows, panel, bytes);
      lanes = addProduct<T>(
        rows,
        panel,
        direction,
        slopes + 4 * from,
        quadratic + 4 * from,
        product,
        lanes,
        last,
        stride,
      );
    }
    curvature += sumLanes(lanes);
    if (!(curvature > 0)) break;
    const length = squared / curvature;
    addScaled(x, length, direction, bytes);
    addScaled(scores, length, slopes, 4 * ((count + 7) & ~7));
    if (last) break;
    addScaled(residual, -length, product, bytes);
    const next = dot(residual, residual, bytes);
    turn(direction, next / squared, residual, bytes);
    squared = next;
  }
  return observedLoss(count, scores, linear, quadratic, constant);
}

/** Solves rows `from` to `to`; adds the loss of their pairs and their ridge to the two double-precision numbers at `tally`. */
export function conjugateGradient<T>(stepAt: usize, scratch: usize, from: u32, to: u32, tally: usize): void {
  const step = Step.at(stepAt);
  const bytes = bytesOf<T>(step.stride);
  let observed: f64 = 0;
  let penalty: f64 = 0;
  for (let row = from; row < to; row++) {
    observed += solveRow<T>(stepAt, scratch, row);
    penalty += <f64>load<f32>(step.ridgesAt + 4 * row) * squaredNorm(step.solvedAt + <usize>row * bytes, bytes);
  }
  store<f64>(tally, observed);
  store<f64>(tally, penalty, 8);
}
