import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readParquet } from '@attractions/feeds/arrow';

/** Files below a folder with an id in their bytes (so in Parquet's statistics too), in what they decode to, or in their name. */
export async function tracesOf(id: string, root: string): Promise<string[]> {
  const traces: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (path.includes(id)) traces.push(`${path}: name`);
    if (!entry.isFile()) continue;
    const bytes = await readFile(path);
    if (bytes.includes(id)) traces.push(`${path}: bytes`);
    if (!path.endsWith('.parquet')) continue;
    const table = await readParquet({ name: entry.name, path, rows: 0, bytes: async () => bytes });
    const text = table.schema.fields
      .filter(({ type }) => /Utf8/.test(String(type)))
      .flatMap(({ name }) => [...(table.getChild(name) ?? [])].map(String))
      .join('\n');
    if (text.includes(id)) traces.push(`${path}: rows`);
  }
  return traces;
}
