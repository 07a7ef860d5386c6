import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createLogger, forceConfig, readConfig } from '@attractions/config';
import { als, attractions as attractionsFeed, visits } from '@attractions/contracts';
import { openFeeds, parentOf } from '@attractions/feeds';
import { runServe } from '@attractions/service';
import type { Recommendations } from '@attractions/recommender';

import { runThroughFeeds } from '../src/run-through-feeds.js';
import { pipelineSettings } from '../src/settings.js';
import { emptyFolder, quick } from './support/command-line.js';
import { SAMPLE_DATA } from './support/paths.js';

const logger = createLogger({ level: 'silent' });
const signal = new AbortController().signal;
const counts = JSON.parse(await readFile(join(SAMPLE_DATA, 'counts.json'), 'utf8'));

/** SHA-256 of every file below a folder, by its path. */
async function fingerprints(folder: string): Promise<Map<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name));
  const hashes = paths.map(async (path) =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
  );
  return new Map((await Promise.all(hashes)).map((hash, index) => [paths[index] ?? '', hash]));
}

test('raw CSV to HTTP answer: counts, lineage, answers for a known, an unknown and a mapped user', async () => {
  const feedsRoot = await emptyFolder();
  await forceConfig(pipelineSettings, { ...quick(feedsRoot), port: 0 }, async () => {
    const config = readConfig(pipelineSettings);
    const store = openFeeds(feedsRoot);
    const summary = await runThroughFeeds({ config, store, logger, signal });
    expect(summary).toMatchObject({
      rows: counts.rows,
      kept: counts.photos,
      visits: counts.visits,
      users: counts.users,
    });
    expect(summary.rejected + summary.duplicates).toBe(counts.bad);
    expect(summary.attractions).toBe(counts.attractions);
    expect((await (await store.feed(visits).latest()).read()).numRows).toBe(counts.visits);

    const [model, visitsRecord, attractionsRecord] = await Promise.all([
      store.feed(als).latest(),
      store.feed(visits).latest(),
      store.feed(attractionsFeed).latest(),
    ]);
    expect(model.record.parents).toEqual([parentOf(visitsRecord.record), parentOf(attractionsRecord.record)]);
    expect(visitsRecord.record.parents).toContainEqual(parentOf(attractionsRecord.record));

    const known = (await model.read()).userIds[0] ?? '';
    const [first = ''] = (await model.read()).attractionIds;
    const mapping = new Map([['mapped@N99', [first]]]);
    const service = await runServe(config, { store, logger, mapping });
    try {
      const ask = async (user: string): Promise<Recommendations> => {
        const response = await fetch(`${service.url}/v1/users/${encodeURIComponent(user)}/recommendations?limit=5`);
        expect(response.status).toBe(200);
        return (await response.json()) as Recommendations;
      };
      const answers = { known: await ask(known), stranger: await ask('stranger@N99'), mapped: await ask('mapped@N99') };
      expect(answers.known.source).toBe('als');
      expect(answers.stranger.source).toBe('popular');
      expect(answers.mapped.source).toBe('mapping');
      expect(answers.mapped.recommendations[0]?.attractionId).toBe(first);
      for (const { recommendations, generation } of Object.values(answers)) {
        expect(recommendations).toHaveLength(5);
        for (const { name, score } of recommendations)
          expect([name.length > 0, Number.isFinite(score)]).toEqual([true, true]);
        expect(generation).toEqual({ model: model.seq, visits: visitsRecord.seq, attractions: attractionsRecord.seq });
      }
    } finally {
      await service.close();
    }
  });
});

test('a second run adds an update to every feed and touches no file of the first', async () => {
  const feedsRoot = await emptyFolder();
  await forceConfig(pipelineSettings, quick(feedsRoot), async () => {
    const context = { config: readConfig(pipelineSettings), store: openFeeds(feedsRoot), logger, signal };
    const first = await runThroughFeeds(context);
    const before = await fingerprints(feedsRoot);
    const second = await runThroughFeeds(context, { full: true });
    expect(second.feeds).toEqual(first.feeds.map(({ feed, seq }) => ({ feed, seq: seq + 1 })));
    const after = await fingerprints(feedsRoot);
    for (const [path, hash] of before)
      if (!path.endsWith('_head')) expect([path, after.get(path)]).toEqual([path, hash]);
  });
});
