export { attractionOf, modelOf, sampleGeneration, sampleNext } from './sample.js';
export { producer, putGeneration, timedVisits, visitsOf } from './stored.js';
