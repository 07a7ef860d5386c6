/** The mathematics of ALS, as trainers and recommenders share it: the loss, the equations of a row and their solvers. */
export { emptyEquations, setEquations, solveCholesky } from './equations.js';
export { foldInOf } from './fold-in.js';
export { GRAMIAN_SLICES, gramian, sliceBounds, sumOfSlices, sumOfSquaredScores } from './gramian.js';
export { descendNonNegative } from './non-negative.js';
export { dampened, objectiveOf, termsOf } from './objective.js';
export { halved } from './power.js';
export type { EquationsBase, RowEquations } from './equations.js';
export type { FoldedIn, History } from './fold-in.js';
export type { LossOptions, Objective, PairCost, PairTerms } from './objective.js';
