// Puts one update of some rows, and prints the record's seq, or the error's code and sentence. node put-once.mjs ROOT ROWS
import { attractions, openFeeds } from '../../dist/index.js';

const [, , root, rows] = process.argv;
const value = Array.from({ length: Number(rows) }, (_, i) => ({
  attractionId: `p:${i}`,
  park: 'p',
  name: '',
  themes: [],
}));
const producer = { id: 'test', package: 'test', version: '0.0.0' };
const outcome = await openFeeds(root)
  .feed(attractions)
  .put(value, { producer })
  .then(({ seq }) => ({ seq }))
  .catch(({ code, message }) => ({ code, message }));
console.log(JSON.stringify(outcome));
