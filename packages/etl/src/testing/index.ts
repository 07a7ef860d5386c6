export { engineCases } from './engine-cases.js';
export { sourceCases } from './source-cases.js';

export type { Case, EngineTraits } from './engine-cases.js';
export type { SourceTrial } from './source-cases.js';
