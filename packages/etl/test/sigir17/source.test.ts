import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { duckDbEngine } from '../../src/engine/duckdb.js';
import { defineSource } from '../../src/source/source.js';
import { loadVisits } from '../../src/loader.js';
import { parkLayout } from '../../src/sigir17/layout.js';
import { probeSources } from '../../src/source/choose.js';
import { sigir17 } from '../../src/sigir17/source.js';
import { sql } from '../../src/frame/frame.js';
import type { DeliveredVisits } from '../../src/source/source.js';
import type { Sigir17Options } from '../../src/sigir17/source.js';
import { sourceCases } from '../../src/testing/index.js';
import { NEW_YEAR, photo, poiFile, rawFolder, visitsFile } from '../support/raw-folder.js';

const folder = rawFolder({
  'POI-A.csv': poiFile(2),
  'userVisits-A-allPOI.csv': visitsFile([photo(1, 'u', NEW_YEAR, 1, 1), 'broken', photo(2, '', NEW_YEAR, 2, 1)]),
});

for (const { name, run } of sourceCases(sigir17, {
  settings: { visits: { type: 'sigir17', folder } },
  refused: [
    [{}, 'folder'],
    [{ folder: '', layouts: [] }, 'folder', 'layouts'],
    [{ folder, delimiter: ';' }, 'delimiter'],
  ],
  missing: { folder: join(folder, 'missing') },
})) {
  test(name, run);
}

test('the probe lists the files and shows the first rows that can be read', async () => {
  const { visits } = await probeSources({ visits: { type: 'sigir17', folder } });
  expect(visits?.found).toBe(`Found in '${folder}': 1 of userVisits-*.csv, 1 of POI-*.csv; parks with visits: 1.`);
  expect(visits?.sample).toEqual([
    {
      user: 'u',
      attraction: '1',
      time: new Date(NEW_YEAR * 1_000),
      photo: '1',
      sequence: '1',
      park: 'A',
      file: 'userVisits-A-allPOI.csv',
      line: 2,
      text: photo(1, 'u', NEW_YEAR, 1, 1),
    },
    expect.objectContaining({ user: '', line: 4 }),
  ]);
});

test('a layout of your own names the columns', async () => {
  const mine = { ...parkLayout, visits: { ...parkLayout.visits, user: { names: ['who'], count: 'one' as const } } };
  const files = { 'POI-A.csv': poiFile(1), 'userVisits-A.csv': `id;who;takenUnix;poiID\n1;ann;${NEW_YEAR};1\n` };
  const { tally } = await loadVisits({ visits: { type: 'sigir17', folder: rawFolder(files), layouts: [mine] } });
  expect(tally).toMatchObject({ kept: 1, rejected: 0 });
});

test('an irregular file is read from a copy with its line numbers, in a temporary folder that goes with the load', async () => {
  const raw = '\ufeffid;nsid;takenUnix;poiID\r\n\n1;u;2;3\n4;5\r\n"a;";b;c;d\r\n6;u;7;8\r';
  const irregular = rawFolder({ 'userVisits-p.csv': raw });
  const engine = duckDbEngine();
  const scratch = rawFolder();
  try {
    const context = { engine, baseFolder: scratch, folder: () => Promise.resolve(scratch) };
    const delivered = (await sigir17.visits?.({ folder: irregular }, context)) as DeliveredVisits;
    expect(await engine.rows(sql`SELECT line, photo_id FROM ${delivered.extract.lines} ORDER BY line`)).toEqual([
      { line: '3', photo_id: '1' },
      { line: '5', photo_id: 'a;' },
      { line: '6', photo_id: '6' },
    ]);
    expect(delivered).toMatchObject({ rows: 3, faults: [{ line: 4 }] });
    expect(readdirSync(scratch)).toEqual(['1.csv']);
  } finally {
    await engine.close();
  }
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('attractions-etl-'));
  await loadVisits(irregular);
  const after = readdirSync(tmpdir()).filter((name) => name.startsWith('attractions-etl-'));
  expect(after.filter((name) => !before.includes(name) && existsSync(join(tmpdir(), name)))).toEqual([]);
});

test('a source whose own count does not fit what its relations hold is refused', async () => {
  const careless = defineSource<Sigir17Options>({
    ...sigir17,
    type: 'careless',
    async visits(options, context) {
      const delivered = (await sigir17.visits?.(options, context)) as DeliveredVisits;
      return { ...delivered, rows: delivered.rows + 1 };
    },
  });
  const loading = loadVisits({ visits: { type: 'careless', folder } }, { sources: [careless] });
  await expect(loading).rejects.toMatchObject({
    code: 'ETL_LINES_LOST',
    message: expect.stringMatching(/^3 visit lines were read, but 2 are accounted for/),
  });
});
