import { addOuter, blockRows, widen } from './gramian';
import { gatherTerms } from './pairs';
import { Step } from './step';
import { squaredNorm } from './vector';

/** Row i, right of and including column `from` rounded down to a pair: out -= factor * row. */
function subtractScaled(out: usize, factor: f64, row: usize, from: u32, width: u32): void {
  const scale = f64x2.splat(factor);
  for (let k: usize = 8 * (from & ~1); k < 8 * width; k += 16)
    v128.store(out + k, f64x2.sub(v128.load(out + k), f64x2.mul(scale, v128.load(row + k))));
}

/** Solves matrix x = right in place by U'U; `solveCholesky` of @attractions/models/als has the order, and pivots that are not above 0. */
function solve(matrix: usize, right: usize, rank: u32, width: u32): void {
  const bytes = 8 * width;
  for (let i: u32 = 0; i < rank; i++) {
    const row = matrix + i * bytes;
    const pivot = load<f64>(row + 8 * i);
    const scale = pivot > 0 ? 1 / sqrt(pivot) : 0;
    for (let j = i; j < rank; j++) store<f64>(row + 8 * j, load<f64>(row + 8 * j) * scale);
    for (let k = i + 1; k < rank; k++) subtractScaled(matrix + k * bytes, load<f64>(row + 8 * k), row, k, width);
  }
  for (let i: u32 = 0; i < rank; i++) {
    const row = matrix + i * bytes;
    const diagonal = load<f64>(row + 8 * i);
    const value = diagonal > 0 ? load<f64>(right + 8 * i) / diagonal : 0;
    store<f64>(right + 8 * i, value);
    for (let j = i + 1; j < rank; j++)
      store<f64>(right + 8 * j, load<f64>(right + 8 * j) - value * load<f64>(row + 8 * j));
  }
  for (let i = rank; i-- > 0;) {
    const row = matrix + i * bytes;
    let value = load<f64>(right + 8 * i);
    for (let j: u32 = i + 1; j < rank; j++) value -= load<f64>(row + 8 * j) * load<f64>(right + 8 * j);
    const diagonal = load<f64>(row + 8 * i);
    store<f64>(right + 8 * i, diagonal > 0 ? value / diagonal : 0);
  }
}

/** Solves one row exactly and returns the loss of its pairs; `setEquations` of @attractions/models/als has the order of the additions. */
function solveRow(stepAt: usize, scratch: usize, row: u32): f64 {
  const step = Step.at(stepAt);
  const stride = step.stride;
  const width = stride >> 2;
  const begin = load<u32>(step.offsetsAt + 4 * row);
  const count = load<u32>(step.offsetsAt + 4 * row, 4) - begin;
  const linear = scratch;
  const quadratic = linear + 4 * step.longestRow;
  const constant = quadratic + 4 * step.longestRow;
  const matrix = constant + 4 * step.longestRow;
  const right = matrix + 8 * width * width;
  const plain = right + 8 * width;
  const scaled = plain + 8 * width * blockRows;
  gatherTerms(stepAt, begin, count, linear, quadratic, constant);
  memory.copy(matrix, step.preciseBaseAt, 8 * width * width);
  const ridge = <f64>load<f32>(step.ridgesAt + 4 * row);
  for (let i: u32 = 0; i < step.rank; i++) {
    const at = matrix + 8 * (i * width + i);
    store<f64>(at, load<f64>(at) + ridge);
  }
  memory.fill(right, 0, 8 * width);
  for (let from: u32 = 0; from < count; from += blockRows) {
    const rows = min(blockRows, count - from);
    for (let k: u32 = 0; k < rows; k++) {
      const y = step.fixedAt + <usize>load<u32>(step.columnsAt + 4 * (begin + from + k)) * stride;
      widen(plain + 8 * width * k, y, width, 1);
      widen(scaled + 8 * width * k, y, width, <f64>load<f32>(quadratic + 4 * (from + k)));
      const weight = f64x2.splat(<f64>load<f32>(linear + 4 * (from + k)));
      for (let f: usize = 0; f < 8 * width; f += 16)
        v128.store(right + f, f64x2.add(v128.load(right + f), f64x2.mul(weight, v128.load(plain + 8 * width * k + f))));
    }
    addOuter(matrix, scaled, plain, rows, width);
  }
  solve(matrix, right, step.rank, width);
  const x = step.solvedAt + <usize>row * stride;
  for (let f: u32 = 0; f < step.rank; f++) store<f32>(x + 4 * f, <f32>load<f64>(right + 8 * f));
  return lossOf(stepAt, x, begin, count, linear, quadratic, constant);
}

function lossOf(
  stepAt: usize,
  x: usize,
  begin: u32,
  count: u32,
  linear: usize,
  quadratic: usize,
  constant: usize,
): f64 {
  const step = Step.at(stepAt);
  let loss: f64 = 0;
  for (let k: u32 = 0; k < count; k++) {
    const y = step.fixedAt + <usize>load<u32>(step.columnsAt + 4 * (begin + k)) * step.stride;
    let score: f64 = 0;
    for (let f: usize = 0; f < 4 * step.rank; f += 4) score += <f64>load<f32>(x + f) * <f64>load<f32>(y + f);
    const bend = <f64>load<f32>(quadratic + 4 * k) * score - 2 * <f64>load<f32>(linear + 4 * k);
    loss += <f64>load<f32>(constant + 4 * k) + score * bend;
  }
  return loss;
}

/** Solves rows `from` to `to`; adds the loss of their pairs and their ridge to the two double-precision numbers at `tally`. */
export function cholesky(stepAt: usize, scratch: usize, from: u32, to: u32, tally: usize): void {
  const step = Step.at(stepAt);
  let observed: f64 = 0;
  let penalty: f64 = 0;
  for (let row = from; row < to; row++) {
    observed += solveRow(stepAt, scratch, row);
    const x = step.solvedAt + <usize>row * step.stride;
    penalty += <f64>load<f32>(step.ridgesAt + 4 * row) * squaredNorm(x, step.stride);
  }
  store<f64>(tally, observed);
  store<f64>(tally, penalty, 8);
}
