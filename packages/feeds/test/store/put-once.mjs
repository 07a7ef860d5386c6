// Puts one update, as nobody where it is started as root, and prints the record's seq, or the error's code and sentence. node put-once.mjs ROOT
import { attractions, openFeeds } from '../support/built.mjs';

const [, , root] = process.argv;
const value = [{ attractionId: 'p:0', park: 'p', name: '', themes: [] }];
const producer = { id: 'test', package: 'test', version: '0.0.0' };

// Nobody may not be able to read this folder: all code is loaded before the user changes.
await openFeeds('memory:').feed(attractions).put(value, { producer });
if (process.getuid?.() === 0) {
  process.setgroups([]);
  process.setgid(65_534);
  process.setuid(65_534);
}

const outcome = await openFeeds(root)
  .feed(attractions)
  .put(value, { producer })
  .then(({ seq }) => ({ seq }))
  .catch(({ code, message }) => ({ code, message }));
console.log(JSON.stringify(outcome));
