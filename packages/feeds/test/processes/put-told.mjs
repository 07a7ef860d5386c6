// Puts one update when told to by a line on its input, says when it is durable, and waits to be ended. node put-told.mjs ROOT ROWS
import { attractions, openFeeds } from '../support/built.mjs';

const [, , root, count] = process.argv;
const rows = Array.from({ length: Number(count) }, (_, i) => ({
  attractionId: `p:${i}`,
  park: 'p',
  name: `Ride ${i}`,
  themes: [],
}));
const feed = openFeeds(root).feed(attractions);

process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
await feed.put(rows, { producer: { id: 'victim', package: 'test', version: '0.0.0' }, runId: 'only' });
process.stdout.write('done\n');
