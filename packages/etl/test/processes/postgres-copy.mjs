/** Copies so many rows of a query into a file, and prints how many there are, and the peak of memory. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyQuery } from '../../dist/postgres/copy.js';

const folder = await mkdtemp(join(tmpdir(), 'attractions-copy-'));
try {
  const path = join(folder, 'rows.csv');
  const query = `SELECT i AS "user", md5(i::text) AS attraction, now() AS time FROM generate_series(1, ${Number(process.argv[2])}) i`;
  await copyQuery({ variable: 'SHOP_URL', query }, path);
  let lines = 0;
  for await (const chunk of createReadStream(path)) for (const byte of chunk) if (byte === 10) lines++;
  console.log(JSON.stringify({ read: lines - 1, peakMb: process.resourceUsage().maxRSS / 1024 }));
} finally {
  await rm(folder, { recursive: true, force: true });
}
