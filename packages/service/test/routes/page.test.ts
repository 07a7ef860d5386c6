import { describe, expect, test } from '@jest/globals';
import { demoExperiment } from '@attractions/experiments';
import type { Shown } from '../../src/routes/recommendations.js';
import { serving } from '../../src/served.js';
import { sampleGeneration } from '@attractions/models/testing';
import { ask, askAt, listening, silent } from '../support/service.js';

describe('the page', () => {
  test.each([
    ['/', 'text/html; charset=utf-8', '<html lang="en">'],
    ['/page.css', 'text/css; charset=utf-8', 'svg'],
    ['/page.js', 'text/javascript; charset=utf-8', 'fetch'],
  ])('%s is there, under a policy that lets nothing else in', async (path, type, words) => {
    const { status, type: found, body, headers } = await ask(path);
    expect({ status, found }).toEqual({ status: 200, found: type });
    expect(body).toContain(words);
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
  });
});

describe('GET /v1/users/{userId}/panels', () => {
  test('shows what each panel would answer for any user, and records nothing', async () => {
    const shown: Shown[] = [];
    const served = serving(sampleGeneration(), { experiments: [demoExperiment] });
    const url = await listening(served, silent, { shown: (one) => void shown.push(one) });
    const { status, body } = await askAt(url, '/v1/users/ana/panels?limit=1&park=bay');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      assigned: { experiment: 'demo', bucket: 996 },
      panels: demoExperiment.panels.map(({ name, recommender }) => ({
        experiment: 'demo',
        panel: name,
        recommender,
        source: recommender,
      })),
      generation: { model: 0 },
    });
    expect(shown).toEqual([]);
    await askAt(url, '/v1/users/ana/recommendations');
    expect(shown).toHaveLength(1);
  });

  test('shows the usual list where there is no experiment', async () => {
    expect((await ask('/v1/users/nobody/panels')).body).toMatchObject({
      assigned: null,
      panels: [{ panel: 'everybody', source: 'popular' }],
    });
  });
});
