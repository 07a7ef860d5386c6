import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { LAYOUTS } from '../../src/raw/layouts.js';
import { mapVisits } from '../../src/raw/map-columns.js';
import type { ReadableFile } from '../../src/raw/map-columns.js';
import type { VisitsColumn } from '../../src/raw/layouts.js';
import { Scratch } from '../../src/raw/scratch.js';
import { surveyFile } from '../../src/raw/survey.js';
import { rawFolder } from '../support/raw-folder.js';

async function readable(scratch: Scratch, content: string): Promise<ReadableFile<VisitsColumn>> {
  const path = join(rawFolder({ 'userVisits-p.csv': content }), 'userVisits-p.csv');
  const survey = await surveyFile({ kind: 'visits', park: 'p', path, name: 'userVisits-p.csv' });
  return scratch.readable(mapVisits(survey, LAYOUTS));
}

test('a regular file is read where it lies', async () => {
  const scratch = new Scratch();
  const file = await readable(scratch, 'id;nsid;takenUnix;poiID\r\n1;u;2;3\r\n');
  expect(file.path).toBe(file.survey.file.path);
  await scratch.remove();
});

test('an irregular one is copied with its line numbers, until the scratch is removed', async () => {
  const scratch = new Scratch();
  const file = await readable(scratch, '\ufeffid;nsid;takenUnix;poiID\r\n\n1;u;2;3\n4;5\r\n"a;";b;c;d\r\n6;u;7;8\r');
  expect(readFileSync(file.path, 'utf8')).toBe(
    ['\x1a;;;', '\x1a;;;', '1;u;2;3', '\x1a;;;', '"a;";b;c;d', '6;u;7;8', ''].join('\n'),
  );
  const other = await readable(scratch, 'id;nsid;takenUnix;poiID\n\n');
  expect(dirname(other.path)).toBe(dirname(file.path));
  await scratch.remove();
  expect(existsSync(dirname(file.path))).toBe(false);
});
