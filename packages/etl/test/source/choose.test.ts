import type { StandardSchemaV1 } from '@standard-schema/spec';
import { expect, test } from '@jest/globals';
import { checkSources, probeSources } from '../../src/source/choose.js';
import { defineSource } from '../../src/source/source.js';
import { loadVisits } from '../../src/loader.js';
import { sigir17 } from '../../src/sigir17/source.js';
import { anyOptions, memorySource } from '../support/memory-source.js';

interface Options {
  readonly url: string;
  readonly columns: { readonly user: string };
}

/** What a schema library would make: two problems at once, one of them nested. */
const options: StandardSchemaV1<unknown, Options> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate(value) {
      const { url, columns } = value as Partial<Options>;
      const issues: StandardSchemaV1.Issue[] = [];
      if (typeof url !== 'string') issues.push({ message: 'Needs a url.', path: ['url'] });
      if (typeof columns?.user !== 'string')
        issues.push({ message: 'Needs a column.', path: ['columns', { key: 'user' }] });
      return issues.length > 0 ? { issues } : { value: value as Options };
    },
  },
};

const mine = defineSource({
  type: 'mine',
  options,
  probe: ({ url }) => Promise.resolve({ found: url, sample: [] }),
  async *attractions({ columns }) {
    yield { attraction: columns.user };
  },
});

test('every problem is told at once, each with its path', async () => {
  const settings = { visits: { type: 'sigir17', folder: 5, folders: 'x' }, attractions: { type: 'mine' }, visit: {} };
  expect(await checkSources(settings, [mine])).toEqual([
    { path: 'sources.visit', message: 'Unknown; the sources are `visits` and `attractions`.' },
    { path: 'sources.visits.folder', message: 'Is 5; give the folder of the raw files.' },
    { path: 'sources.visits.folders', message: 'Unknown; the options are `folder` and `layouts`.' },
    { path: 'sources.attractions.url', message: 'Needs a url.' },
    { path: 'sources.attractions.columns.user', message: 'Needs a column.' },
  ]);
  await expect(loadVisits(settings as never, { sources: [mine] })).rejects.toMatchObject({
    code: 'ETL_SOURCES_INVALID',
    exitCode: 2,
    message: expect.stringMatching(/visits\.folder[^]*columns\.user: Needs a column/),
  });
});

test.each<[string, unknown, string, string]>([
  ['not an object', null, 'sources', 'Expected an object'],
  ['a list', [], 'sources', 'Expected an object'],
  [
    'no visits',
    {},
    'sources.visits.type',
    "Is missing; give one of 'csv', 'jsonl', 'parquet', 'postgres', 'sigir17', 'mine'.",
  ],
  ['an unknown type', { visits: { type: 'cvs' } }, 'sources.visits.type', 'Is "cvs"; give one of'],
  ['a type alone', { visits: 'mine' }, 'sources.visits.type', 'Is "mine"; give one of'],
  ['no type', { visits: { folder: 'x' } }, 'sources.visits.type', 'Is missing; give one of'],
  [
    'a source without visits',
    { visits: { type: 'mine', url: '', columns: { user: '' } } },
    'sources.visits.type',
    "The source 'mine' has no visits.",
  ],
])('%s is a problem', async (_, settings, path, message) => {
  expect(await checkSources(settings, [mine])).toEqual([{ path, message: expect.stringContaining(message) }]);
});

test('two sources of one type are refused, and so is one that takes a built-in name', async () => {
  const settings = { visits: { type: 'sigir17', folder: 'x' } };
  for (const own of [[mine, mine], [{ ...mine, type: 'sigir17' }]])
    expect(await checkSources(settings, own)).toMatchObject([
      { path: 'sources', message: expect.stringMatching(/^Two sources/) },
    ]);
  expect(await checkSources(settings, [mine])).toEqual([]);
  expect(sigir17.type).toBe('sigir17');
});

test('a probe is asked of each source, and its failure names the source', async () => {
  const settings = { visits: { type: 'memory' }, attractions: { type: 'mine', url: 'db://x', columns: { user: 'u' } } };
  const sources = [mine, memorySource([{ user: 1, attraction: 2, time: 0 }])];
  expect(await probeSources(settings, { sources })).toMatchObject({
    visits: { found: '1 visits.' },
    attractions: { found: 'db://x' },
  });
  const broken = defineSource({ type: 'broken', options: anyOptions, probe: () => Promise.reject(new Error('No route.')), visits: async function* () {} }); // prettier-ignore
  await expect(probeSources({ visits: { type: 'broken' } }, { sources: [broken] })).rejects.toMatchObject({
    code: 'ETL_SOURCE_FAILED',
    message: "The source 'broken' failed: No route.",
  });
});
