import assert from 'node:assert/strict';
import { attractions, rejects, visits } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import { loadVisits } from '../loader.js';
import { BUILT_IN_SOURCES, checkSources, probeSources } from '../source/choose.js';
import type { SourceSettings } from '../source/choose.js';
import type { Source } from '../source/source.js';
import type { Case } from './engine-cases.js';

type Options = Readonly<Record<string, unknown>>;

/** What a source is tried with. */
export interface SourceTrial {
  /** Settings that name the source, for data with a few visits. */
  readonly settings: SourceSettings;
  /** Other sources of your own that the settings name. */
  readonly others?: readonly Source[];
  /** Options that the schema must refuse, each with the path of every problem in it: `folder`, `columns.user`. */
  readonly refused: readonly (readonly [options: Options, ...paths: readonly string[]])[];
  /** Options of data that is not there: the probe must throw. */
  readonly missing?: Options;
}

/** The contract of {@link Source}: `for (const { name, run } of sourceCases(mine, trial)) test(name, run)`. */
export function sourceCases(source: Source, trial: SourceTrial): readonly Case[] {
  const { settings, others = [], refused, missing } = trial;
  const cases: Case[] = [];
  const law = (name: string, run: () => Promise<void>): void => void cases.push({ name, run });
  const sources = [source, ...others].filter((each) => !BUILT_IN_SOURCES.includes(each));
  const role = settings.visits.type === source.type ? 'visits' : 'attractions';
  const withOptions = (options: Options): SourceSettings => ({
    ...settings,
    [role]: { ...options, type: source.type },
  });
  const load = () => loadVisits(settings, { sources, now: new Date('2100-01-01') });

  law('its type can be written in a configuration', async () => {
    assert.match(source.type, /^[a-z][a-z0-9-]*$/);
  });

  law('its options are accepted where they are right, and refused with the path of every problem', async () => {
    assert.deepEqual(await checkSources(settings, sources), []);
    for (const [options, ...paths] of refused) {
      const problems = await checkSources(withOptions(options), sources);
      const found = problems.map(({ path }) => path.replace(`sources.${role}.`, ''));
      assert.deepEqual(found.sort(), [...paths].sort(), `For the options ${JSON.stringify(options)}`);
      for (const { message } of problems) assert.notEqual(message, '');
    }
  });

  law('a probe says what is there and shows a few rows', async () => {
    const { found = '', sample = [] } = (await probeSources(settings, { sources }))[role] ?? {};
    assert.notEqual(found, '');
    assert.ok(sample.length >= 1 && sample.length <= 1_000, `It shows ${sample.length} rows.`);
    if (missing) await assert.rejects(probeSources(withOptions(missing), { sources }));
  });

  law('every row is kept, repeated or refused, and every reject says where and why', async () => {
    const { tally, rejects: found } = await load();
    assert.ok(tally.visits > 0 && tally.attractions > 0, JSON.stringify(tally));
    assert.equal(tally.kept + tally.duplicates + tally.rejected, tally.rows);
    for (const { file, line, reason } of found) assert.ok(file !== '' && line >= 1 && reason !== '');
  });

  law('the same data is the same visits', async () => {
    const [first, second] = [await load(), await load()];
    const rows = ({ visits: table }: typeof first) => table.toArray().map(String);
    assert.deepEqual(rows(second), rows(first));
    assert.deepEqual({ ...second, visits: 0 }, { ...first, visits: 0 });
  });

  law('what it delivers fits the feeds', async () => {
    const loaded = await load();
    const store = openFeeds('memory:');
    const options = { producer: { id: 'suite', package: 'suite', version: '0.0.0' }, sources: loaded.sources };
    await store.feed(attractions).put([...loaded.attractions], options);
    await store.feed(rejects).put([...loaded.rejects], options);
    await store.feed(visits).put(loaded.visits, options);
    assert.deepEqual(await (await store.feed(attractions).latest()).read(), loaded.attractions);
  });

  law('an aborted load stops with the reason', async () => {
    const reason = new Error('Stopped.');
    const load = loadVisits(settings, { sources, signal: AbortSignal.abort(reason) });
    await assert.rejects(load, (error) => error === reason);
  });

  return cases;
}
