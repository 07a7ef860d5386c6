export { recommenderCases } from './recommender-cases.js';
export { eligible, sampleRequests } from './requests.js';
export { ruleCases } from './rule-cases.js';

export type { Case } from './requests.js';
