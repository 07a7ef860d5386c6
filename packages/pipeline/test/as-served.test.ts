import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { createLogger, forceConfig, readConfig } from '@attractions/config';
import { runValidate } from '@attractions/evaluation';
import type { Candidate, Listed, ModelSubject } from '@attractions/evaluation';
import { openFeeds } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import type { RecommendationRequest, RequestTime } from '@attractions/contracts';
import { atMost, clockText, closed } from '@attractions/recommender';
import { runServe } from '@attractions/service';
import type { ServeContext } from '@attractions/service';
import type { Recommendations } from '@attractions/recommender';

import { candidateOf } from '../src/candidate.js';
import type { ServedWith } from '../src/contenders/asked.js';
import { runThroughFeeds } from '../src/run-through-feeds.js';
import { pipelineSettings } from '../src/settings.js';
import type { PipelineConfig } from '../src/settings.js';
import { emptyFolder, quick } from './support/command-line.js';
import { REAL_DATA, realDataIsHere, SAMPLE_DATA } from './support/paths.js';

const logger = createLogger({ level: 'silent' });
const signal = new AbortController().signal;

interface Judged {
  readonly request: RecommendationRequest;
  readonly list: readonly Listed[];
}

/** What the gate asks the latest model, and gets. */
async function judgedLists(config: PipelineConfig, store: FeedStore, servedWith: ServedWith = {}): Promise<Judged[]> {
  const judged: Judged[] = [];
  const listened = (subject: ModelSubject): Candidate => {
    const candidate = candidateOf(subject, servedWith);
    const ask = (request: RecommendationRequest) => {
      const list = candidate.ask(request);
      judged.push({ request, list });
      return list;
    };
    return { ...candidate, ask };
  };
  await runValidate(config, { store, logger, candidateOf: listened });
  return judged;
}

/** Asks a service the same, and gets the same, entry for entry. */
async function servedAlike(config: PipelineConfig, judged: readonly Judged[], context: Omit<ServeContext, 'logger'>) {
  const service = await runServe(config, { ...context, logger });
  try {
    for (const { request, list } of judged) {
      const response = await fetch(`${service.url}/v1/recommendations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(overHttp(request)),
      });
      const { recommendations } = (await response.json()) as Recommendations;
      expect([request, recommendations.map(({ attractionId, score }) => ({ attractionId, score }))]).toEqual([
        request,
        list.map(({ attractionId, score }) => ({ attractionId, score })),
      ]);
    }
  } finally {
    await service.close();
  }
}

test('what the gate asks a model, a client asks the service, and gets the same lists entry for entry', async () => {
  const feedsRoot = await emptyFolder();
  const settings = { ...quick(feedsRoot), port: 0, reportResamples: 100, gateMargin: -1 };
  await forceConfig(pipelineSettings, settings, async () => {
    const config = readConfig(pipelineSettings);
    const store = openFeeds(feedsRoot);
    await runThroughFeeds({ config, store, logger, signal });
    const plain = await judgedLists(config, store);
    const kinds = plain.map(({ request: { userId, park, visits } }) => [!userId, !park, !visits].map(Number).join(''));
    // Users with and without a park, and unknown users with visits.
    expect([...new Set(kinds)].sort()).toEqual(['001', '011', '100']);
    await servedAlike(config, plain, { store });

    // The same under rules and with a written list: the attraction that most lists begin with is closed.
    const firsts = plain.map(({ list }) => list[0]?.attractionId ?? '');
    const timesFirst = (id: string) => firsts.filter((first) => first === id).length;
    const [best = ''] = [...new Set(firsts)].sort((a, b) => timesFirst(b) - timesFirst(a));
    const lucky = plain.find(({ request, list }) => request.userId && list.length > 2) as Judged;
    const written = lucky.list.map(({ attractionId }) => attractionId).reverse();
    const rules = [closed([best]), atMost(1, 'Family')];
    const mapping = new Map([[lucky.request.userId as string, written]]);
    const judged = await judgedLists(config, store, { rules, mapping });
    expect(judged.map(({ request }) => request)).toEqual(plain.map(({ request }) => request));
    const ids = judged.map(({ list }) => list.map(({ attractionId }) => attractionId));
    expect(ids.flat()).not.toContain(best);
    expect(ids[plain.indexOf(lucky)]?.[0]).toBe(written.find((id) => id !== best));
    expect(ids).not.toEqual(plain.map(({ list }) => list.map(({ attractionId }) => attractionId)));
    await servedAlike(config, judged, { store, rules, mapping });
  });
}, 240_000);

/** A request with its times as texts. */
function overHttp({ at, visits, ...rest }: RecommendationRequest): object {
  const text = (time: RequestTime) => (typeof time === 'number' ? clockText(time) : time);
  return {
    ...rest,
    ...(at !== undefined && { at: text(at) }),
    ...(visits && {
      visits: visits.map((visit) =>
        typeof visit === 'string' ? visit : { ...visit, visitedAt: text(visit.visitedAt) },
      ),
    }),
  };
}

const bench = fileURLToPath(new URL('../../../tools/bench/http-quality/index.mjs', import.meta.url));

const rawFolders: [string, boolean][] = [
  [SAMPLE_DATA, true],
  [REAL_DATA, realDataIsHere()],
];
for (const [raw, isHere] of rawFolders)
  (isHere ? test : test.skip)(
    `the lists that a client gets are those of the report's line "as served": ${raw}${isHere ? '' : ' (skipped: it is not there)'}`,
    async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [bench, '--raw', raw]);
      expect(stdout).toContain('Every list is that of the report.');
    },
    300_000,
  );
