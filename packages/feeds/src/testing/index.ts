export { encoded, roundTrip, stored, storedText } from './files.js';
