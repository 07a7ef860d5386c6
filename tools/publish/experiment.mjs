/** An experiment where `@attractions/pipeline` is installed and has a model: from its start to a winner. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { attractionsIn, servedIn } from './command-line.mjs';

const VISITORS = 400;

/**
 * Declares the tests, each of which goes on from the one before.
 *
 * @param folder gives where it is installed, once it is
 */
export function experimentCases(folder) {
  const experiment = async (...argv) => {
    const { exitCode, stdout, stderr } = await attractionsIn(folder(), {}, 'experiment', ...argv, '--json');
    assert.equal(exitCode, 0, `${argv.join(' ')}: ${stdout}${stderr}`);
    return JSON.parse(stdout);
  };

  test('a command starts it, and the service shows each visitor a panel and takes what they do', async () => {
    await experiment('start', 'lists', '--panels', 'popular=50,als=50', '--by', 'an analyst', '--reason', 'a question');
    await servedIn(folder(), async (url) => {
      const events = [];
      for (let n = 0; n < VISITORS; n++) {
        const answer = await fetch(`${url}/v1/users/visitor-${n}/recommendations?limit=3`);
        const { panel, requestId } = await answer.json();
        // Of ten visitors, eight click on what ALS shows, and two on what is popular.
        if (n % 10 < (panel.panel === 'als' ? 8 : 2))
          events.push({ eventId: `click-${n}`, userId: `visitor-${n}`, type: 'click', requestId });
      }
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: JSON.stringify({ events }) });
      assert.deepEqual(await answer.json(), { taken: events.length, known: 0 });
    });
  });

  test('the report finds what was put in, and its page is written', async () => {
    const metrics = [{ name: 'clicked', type: 'proportion', event: 'click' }];
    writeFileSync(join(folder(), 'metrics.json'), JSON.stringify({ experiments: { metrics } }));
    const found = await experiment('report', 'lists', '--config', 'metrics.json', '--html', 'report.html');
    assert.equal(found.exposures.recomputed, VISITORS);
    const { fixed } = found.metrics[0].panels[1].difference.absolute;
    assert.ok(fixed[0] < 0.6 && fixed[1] > 0.6 && fixed[0] > 0.4, `the difference is in ${fixed}`);
    assert.match(found.verdict, /'als' is better than 'popular'/);
  });

  test('it is stopped with a winner, who and why stay known, and everybody gets what won', async () => {
    await experiment('stop', 'lists', '--winner', 'als', '--by', 'an analyst', '--reason', 'more clicks');
    const versions = JSON.stringify(await experiment('show', 'lists'));
    for (const text of ['a question', 'more clicks', '"winner":"als"']) assert.ok(versions.includes(text), versions);
    await servedIn(folder(), async (url) => {
      const { panel } = await (await fetch(`${url}/v1/users/visitor-1/recommendations`)).json();
      assert.equal(panel, undefined);
    });
  });
}
