import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { emptyFolder } from './command-line.js';
import { randomFrom } from './planted.js';

const packages = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

/** Visits of one tenant as CSV: each visitor likes one half of the attractions, so a model can pass the gate. */
export function csvOf(seed: number, users = 60): string {
  const next = randomFrom(seed);
  const lines = ['user,item,ts'];
  for (let user = 0; user < users; user++)
    for (let n = 0; n < 6; n++) {
      const half = next() < 0.95 ? user % 2 : 1 - (user % 2);
      const item = 2 * Math.floor(10 * next()) + half;
      lines.push(`u${user},i${item},${new Date(Date.UTC(2026, 4, 1 + n * 3, 9, user)).toISOString()}`);
    }
  return `${lines.join('\n')}\n`;
}

/** The configuration that tenants share: `visits.csv` in the folder of each. */
export const SHARED = {
  sources: {
    visits: { type: 'csv', files: 'visits.csv', columns: { user: 'user', attraction: 'item', time: 'ts' } },
  },
};

/**
 * A folder with a file of tenants, their shared configuration, and data for each tenant that has none of its own: `raw/<tenant>/visits.csv`. Packages can be imported from
 * it.
 */
export async function tenantsFolder(
  entries: readonly { readonly tenant: string; readonly csv?: string; readonly config?: string }[],
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await emptyFolder();
  await symlink(packages, join(folder, 'node_modules'));
  await writeFile(join(folder, 'attractions.config.json'), JSON.stringify(SHARED));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  for (const [n, { tenant, csv = csvOf(n + 1) }] of entries.entries()) {
    await mkdir(join(folder, 'raw', tenant), { recursive: true });
    await writeFile(join(folder, 'raw', tenant, 'visits.csv'), csv);
  }
  const tenants = entries.map(({ tenant, config }) => ({
    tenant,
    data: join('raw', tenant),
    ...(config !== undefined && { config }),
  }));
  await writeFile(join(folder, 'tenants.json'), JSON.stringify({ tenants }));
  return folder;
}
