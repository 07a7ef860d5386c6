import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { openFeeds } from '@attractions/feeds';

import { environmentExample, pipelineSettings } from '../src/settings.js';

test('.env.example lists every setting as the code declares it; `npm run env-example` writes it', async () => {
  const path = fileURLToPath(new URL('../../../.env.example', import.meta.url));
  expect(await readFile(path, 'utf8')).toBe(environmentExample());
});

test('FEEDS_ROOT tells of every kind of root that the feeds open', () => {
  const { description } = pipelineSettings.feedsRoot;
  let refusal = '';
  try {
    openFeeds('ftp://host/feeds');
  } catch (error) {
    refusal = String(error);
  }
  const [, kinds = ''] = /give (.*)\.$/.exec(refusal) ?? [];
  expect(kinds.split(/, | or /)).toHaveLength(4);
  for (const kind of kinds.split(/, | or /)) expect(description).toContain(kind.replace(' URL', ''));
});
