/** Tenants with raw data of their own, the same every time: `north.csv` beside a file of tenants. Visitors like one half of the attractions, so that a model can pass the gate. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { random, visits } from '../../your-data/make.mjs';

/** The lines of one tenant, as CSV. */
export function linesOf(seed, rows) {
  const perUser = 10;
  const users = Math.max(20, Math.round(rows / perUser));
  const lines = ['user,item,ts'];
  for (const { user, item, time } of visits({ users, items: 40, perUser, seed }))
    lines.push(`u${user},i${item},${time.toISOString()}`);
  return `${lines.join('\n')}\n`;
}

/** How many rows the tenants have: half to one and a half times as many as are wanted. */
export function sizesOf(tenants, rows) {
  const next = random(7);
  return Array.from({ length: tenants }, () => Math.round(rows * (0.5 + next())));
}

/** Writes the data of so many tenants, the configuration they share and the file that names them; gives their names. */
export async function makeTenants(folder, tenants, rows) {
  const names = Array.from({ length: tenants }, (_, n) => `tenant-${String(n + 1).padStart(4, '0')}`);
  const sizes = sizesOf(tenants, rows);
  for (const [n, name] of names.entries()) {
    await mkdir(join(folder, 'raw', name), { recursive: true });
    await writeFile(join(folder, 'raw', name, 'visits.csv'), linesOf(n + 1, sizes[n]));
  }
  const columns = { user: 'user', attraction: 'item', time: 'ts' };
  const sources = { visits: { type: 'csv', files: 'visits.csv', columns } };
  await writeFile(join(folder, 'attractions.config.json'), JSON.stringify({ sources }));
  const entries = names.map((tenant) => ({ tenant, data: join('raw', tenant) }));
  await writeFile(join(folder, 'tenants.json'), JSON.stringify({ tenants: entries }));
  return names;
}
