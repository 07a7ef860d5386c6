export { contenderCases, metricCases } from './cases.js';

export type { Case } from './cases.js';
