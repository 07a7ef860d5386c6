import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findRawFiles } from '../../src/sigir17/find.js';
import { rawFolder } from '../support/raw-folder.js';

test('raw files are found at any depth, named by their path, and ordered by name', async () => {
  const folder = rawFolder({
    'z/userVisits-MagicK-allPOI.csv': '',
    'a/b/POI-MagicK.csv': '',
    'userVisits-epcot.csv': '',
    'POI-Magic-Kingdom.CSV': '',
    'README.txt': '',
    'costProfCat-MagicKPOI-all.csv': '',
    'POI-.csv': '',
    'oldPOI-x.csv': '',
    'POI-x.csv~': '',
  });
  mkdirSync(join(folder, 'userVisits-folder.csv'));
  const files = await findRawFiles(folder);
  expect(files.map(({ kind, park, name }) => [kind, park, name])).toEqual([
    ['attractions', 'Magic-Kingdom', 'POI-Magic-Kingdom.CSV'],
    ['attractions', 'MagicK', 'a/b/POI-MagicK.csv'],
    ['visits', 'epcot', 'userVisits-epcot.csv'],
    ['visits', 'MagicK', 'z/userVisits-MagicK-allPOI.csv'],
  ]);
  expect(files[2]?.path).toBe(join(folder, 'userVisits-epcot.csv'));
});

test('a link to a file is followed, one to a folder or to nothing is not', async () => {
  const elsewhere = rawFolder({ 'real.csv': '', 'inner/userVisits-hidden.csv': '' });
  const folder = rawFolder();
  symlinkSync(join(elsewhere, 'real.csv'), join(folder, 'userVisits-linked.csv'));
  symlinkSync(join(elsewhere, 'inner'), join(folder, 'inner'));
  symlinkSync(join(elsewhere, 'inner'), join(folder, 'userVisits-folder.csv'));
  symlinkSync(join(elsewhere, 'gone.csv'), join(folder, 'userVisits-gone.csv'));
  expect((await findRawFiles(folder)).map(({ park }) => park)).toEqual(['linked']);
});

test('a park is the same however its accents are composed', async () => {
  const folder = rawFolder({ 'userVisits-Scho\u0308n.csv': '', 'POI-Sch\u00f6n.csv': '' });
  expect(new Set((await findRawFiles(folder)).map(({ park }) => park))).toEqual(new Set(['Sch\u00f6n']));
});

test('a folder that is absent, a file, or without visits is refused', async () => {
  const folder = rawFolder({ 'POI-MagicK.csv': '' });
  await expect(findRawFiles(join(folder, 'absent'))).rejects.toMatchObject({ code: 'ETL_NO_FOLDER', exitCode: 2 });
  await expect(findRawFiles(join(folder, 'POI-MagicK.csv'))).rejects.toMatchObject({ code: 'ETL_NO_FOLDER' });
  await expect(findRawFiles(folder)).rejects.toMatchObject({ code: 'ETL_NO_FILES', exitCode: 2 });
});
