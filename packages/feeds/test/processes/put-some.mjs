// Puts updates to a feed as fast as it can, against others that do the same. node put-some.mjs ROOT PUTS NAME
import { attractions, openFeeds } from '../support/built.mjs';

const [, , root, puts, name] = process.argv;
const feed = openFeeds(root).feed(attractions);
const producer = { id: name, package: 'test', version: '0.0.0' };

process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
process.stdin.destroy();
for (let n = 0; n < Number(puts); n++) await feed.put([], { producer, runId: String(n) });
