// Puts updates to a feed, one after the other, until it is killed; says when it starts.
// node put-forever.mjs ROOT
import { attractions, openFeeds } from '../support/built.mjs';

const [, , root] = process.argv;
const feed = openFeeds(root).feed(attractions);
const producer = { id: 'killed', package: 'test', version: '0.0.0' };

process.stdout.write('ready\n');
for (let n = 0; ; n++) {
  const rows = Array.from({ length: 1 + (n % 200) }, (_, i) => ({
    attractionId: `p:${i}`,
    park: 'p',
    name: `Ride ${i} of ${n}`,
    themes: [],
  }));
  await feed.put(rows, { producer, runId: `${process.pid}-${n}`, labels: { rows: String(rows.length) } });
}
