export { kindCases } from './kind-cases.js';
export { attractionOf, modelOf, sampleGeneration, sampleNext } from './sample.js';
export { producer, putGeneration, timedVisits, visitsOf } from './stored.js';
export type { KindCase } from './kind-cases.js';
