import { Step } from './step';

/** Writes the terms of a row's pairs to three arrays of single-precision numbers, zeros up to the next multiple of eight. */
export function gatherTerms(
  stepAt: usize,
  begin: u32,
  count: u32,
  linear: usize,
  quadratic: usize,
  constant: usize,
): void {
  const step = Step.at(stepAt);
  if (step.weightsAt !== 0) computeTerms(stepAt, begin, count, linear, quadratic, constant);
  else if (step.codesAt !== 0) decodeTerms(stepAt, begin, count, linear, quadratic, constant);
  else repeatTerms(step.termsAt, count, linear, quadratic, constant);
  for (let k = count; k & 7; k++) {
    store<f32>(linear + 4 * k, 0);
    store<f32>(quadratic + 4 * k, 0);
    store<f32>(constant + 4 * k, 0);
  }
}

/** The same terms for each pair. */
function repeatTerms(terms: usize, count: u32, linear: usize, quadratic: usize, constant: usize): void {
  for (let k: u32 = 0; k < count; k++) {
    store<f32>(linear + 4 * k, load<f32>(terms));
    store<f32>(quadratic + 4 * k, load<f32>(terms, 4));
    store<f32>(constant + 4 * k, load<f32>(terms, 8));
  }
}

function decodeTerms(stepAt: usize, begin: u32, count: u32, linear: usize, quadratic: usize, constant: usize): void {
  const step = Step.at(stepAt);
  const codes = step.codesAt + begin;
  for (let k: u32 = 0; k < count; k++) {
    const terms = step.termsAt + 12 * <usize>load<u8>(codes + k);
    store<f32>(linear + 4 * k, load<f32>(terms));
    store<f32>(quadratic + 4 * k, load<f32>(terms, 4));
    store<f32>(constant + 4 * k, load<f32>(terms, 8));
  }
}

/** `termsOf` of @attractions/models/als, where more than 256 weights differ. */
function computeTerms(stepAt: usize, begin: u32, count: u32, linear: usize, quadratic: usize, constant: usize): void {
  const step = Step.at(stepAt);
  const weights = step.weightsAt + 4 * begin;
  for (let k: u32 = 0; k < count; k++) {
    const weight = load<f32>(weights + 4 * k);
    if (step.ratings) {
      store<f32>(linear + 4 * k, weight);
      store<f32>(quadratic + 4 * k, 1);
      store<f32>(constant + 4 * k, weight * weight);
      continue;
    }
    const confidence = step.confidence + step.alpha * <f64>abs(weight);
    const preferred: f32 = weight > 0 ? <f32>confidence : 0;
    store<f32>(linear + 4 * k, preferred);
    store<f32>(quadratic + 4 * k, <f32>(confidence - step.taken));
    store<f32>(constant + 4 * k, preferred);
  }
}

/** Fixed rows that are fetched at the same time. */
const rowsAhead: u32 = 16;

/** Reads a word of each cache line of rows, so that the reads of all overlap. The result has no meaning. */
function fetchRows(columns: usize, count: u32, fixed: usize, bytes: usize): u32 {
  let read: u32 = 0;
  for (let k: u32 = 0; k < count; k++) {
    let line = fixed + <usize>load<u32>(columns + 4 * k) * bytes;
    const end = line + bytes;
    for (; line < end; line += 64) read ^= load<u32>(line);
  }
  return read;
}

/** Copies the fixed rows of pairs `from` to `from + count` side by side to the panel, and zero rows up to a multiple of eight. */
export function gatherRows(stepAt: usize, from: u32, count: u32, panel: usize, bytes: usize): void {
  const step = Step.at(stepAt);
  const columns = step.columnsAt + 4 * from;
  const fixed = step.fixedAt;
  let into = panel;
  for (let k: u32 = 0; k < count; k++) {
    // Stored where the row is written later, since the compiler would remove reads without a use.
    if (k % rowsAhead === 0) store<u32>(into, fetchRows(columns + 4 * k, min(rowsAhead, count - k), fixed, bytes));
    let row = fixed + <usize>load<u32>(columns + 4 * k) * bytes;
    const end = row + bytes;
    do {
      v128.store(into, v128.load(row));
      v128.store(into, v128.load(row, 16), 16);
      row += 32;
      into += 32;
    } while (row < end);
  }
  memory.fill(into, 0, ((8 - (count & 7)) & 7) * bytes);
}
