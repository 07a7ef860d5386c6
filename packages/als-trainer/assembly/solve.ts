import { cholesky } from './cholesky';
import { conjugateGradient } from './conjugate-gradient';
import { Step } from './step';

/**
 * Rows of common lengths as types: the distance between two rows then stands in the instruction instead of a register, which is
 * worth a third of the time. Real rows are multiples of 32 bytes; `AnyRow`, shorter than that, stands for the length in the step.
 */
@unmanaged
class AnyRow {
  f0: v128;
}

@unmanaged
class Row32 {
  f0: v128;
  f1: v128;
  f2: v128;
  f3: v128;
  f4: v128;
  f5: v128;
  f6: v128;
  f7: v128;
}

@unmanaged
class Row64 extends Row32 {
  f8: v128;
  f9: v128;
  f10: v128;
  f11: v128;
  f12: v128;
  f13: v128;
  f14: v128;
  f15: v128;
}

@unmanaged
class Row128 extends Row64 {
  f16: v128;
  f17: v128;
  f18: v128;
  f19: v128;
  f20: v128;
  f21: v128;
  f22: v128;
  f23: v128;
  f24: v128;
  f25: v128;
  f26: v128;
  f27: v128;
  f28: v128;
  f29: v128;
  f30: v128;
  f31: v128;
}

/** Solves rows `from` to `to` of the step at `stepAt`, using the caller's own `scratch`; two sums go to `tally`. */
export function solveRows(stepAt: usize, scratch: usize, from: u32, to: u32, tally: usize): void {
  const step = Step.at(stepAt);
  if (step.steps === 0) cholesky(stepAt, scratch, from, to, tally);
  else if (step.stride === 128) conjugateGradient<Row32>(stepAt, scratch, from, to, tally);
  else if (step.stride === 256) conjugateGradient<Row64>(stepAt, scratch, from, to, tally);
  else if (step.stride === 512) conjugateGradient<Row128>(stepAt, scratch, from, to, tally);
  else conjugateGradient<AnyRow>(stepAt, scratch, from, to, tally);
}
