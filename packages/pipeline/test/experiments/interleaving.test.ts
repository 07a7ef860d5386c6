/** Interleaved lists from the command that starts the experiment to the report, over HTTP. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { SAMPLE_DATA } from '../support/paths.js';
import { documentOf, servedIn } from '../support/process.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attractions-interleaving-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const env = () => ({ FEEDS_ROOT: join(folder, 'feeds'), RAW_DATA_PATH: SAMPLE_DATA });
const command = (...argv: string[]) => documentOf(folder, argv, env());

interface List {
  readonly requestId: string;
  readonly recommendations: readonly { readonly attractionId: string; readonly team?: string }[];
}

test('visitors who choose what one panel gave are in the report as preferring it', async () => {
  await command('run');
  await command('experiment', 'start', 'taste', '--panels', 'als=50,popular=50', '--design', 'interleaving');
  // Of 180 visitors, 120 choose what ALS gave and 60 what is popular.
  await servedIn(folder, env(), async (url) => {
    const events: object[] = [];
    for (let n = 0; n < 180; n++) {
      const userId = `visitor-${n}`;
      const answer = await fetch(`${url}/v1/users/${userId}/recommendations?limit=6`);
      const { requestId, recommendations } = (await answer.json()) as List;
      expect(new Set(recommendations.map(({ team }) => team))).toEqual(new Set(['als', 'popular']));
      const chosen = recommendations.find(({ team }) => team === (n % 3 === 2 ? 'popular' : 'als'));
      events.push({ eventId: `click-${n}`, userId, type: 'click', attractionId: chosen?.attractionId, requestId });
    }
    const headers = { 'content-type': 'application/json' };
    const sent = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: JSON.stringify({ events }) });
    expect(await sent.json()).toEqual({ taken: 180, known: 0 });
  });

  const report = await command('experiment', 'report', 'taste');
  expect(report).toMatchObject({
    design: 'interleaving',
    refusals: [],
    interleaved: { preferred: { a: 120, b: 60, ties: 0 } },
  });
  expect(report['verdict']).toMatch(/als/);
});
