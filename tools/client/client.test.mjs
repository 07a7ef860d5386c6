/** The client as it is published, against the real service on the sample data: its types, its size, the example of its README, and what gets lost on a bad network. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { gzipBudgetBytes } from '../publish/budgets.mjs';
import { faultyProxy } from './faulty-proxy.mjs';
import { sampleService } from './sample-service.mjs';
import { typesFile, typesOf } from './types.mjs';

const folder = join(import.meta.dirname, '../../packages/client');
const { createClient } = await import(join(folder, 'dist/index.js'));

describe('@attractions/client', () => {
  let service;
  before(async () => (service = await sampleService()));
  after(() => service?.close());

  const document = async () => (await fetch(`${service.url}/openapi.json`)).json();

  test('its types are those of the document that the service serves', async () => {
    const made = await typesOf(await document());
    assert.equal(readFileSync(typesFile, 'utf8'), made, 'run node tools/client/types.mjs');
  });

  test('has no dependencies, and stays small in a page', async (t) => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    assert.equal(manifest.dependencies ?? manifest.peerDependencies, undefined);
    const entryPoints = [join(folder, 'dist/index.js')];
    const { outputFiles } = await build({ entryPoints, bundle: true, minify: true, format: 'esm', write: false });
    const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length;
    t.diagnostic(`minified and gzipped: ${bytes} bytes`);
    assert.ok(
      bytes <= gzipBudgetBytes.client,
      `${bytes} bytes, more than the ${gzipBudgetBytes.client} of budgets.mjs`,
    );
  });

  test('the example of the README shows a list and sends a click', async () => {
    const [example] = /(?<=```js\n).*?(?=```)/s.exec(readFileSync(join(folder, 'README.md'), 'utf8'));
    const program = example.replace('http://127.0.0.1:3000', service.url);
    assert.notEqual(program, example);
    const run = ['--input-type=module', '--eval', program];
    const env = { ...process.env, FORCE_COLOR: '0' };
    const { stdout, stderr } = spawnSync(process.execPath, run, { cwd: folder, env, encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.match(stdout, /^\[\s*('[^']+',?\s*){3}\]\n$/);
  });

  test('similar attractions, parks and pages of the catalogue', async () => {
    const client = createClient({ url: service.url });
    const { parks } = await client.parks();
    const ids = [];
    for (let after; after !== null;) {
      const page = await client.attractions({ limit: 20, ...(after && { after }) });
      ids.push(...page.attractions.map(({ attractionId }) => attractionId));
      after = page.next;
    }
    assert.equal(new Set(ids).size, parks.reduce((sum, { attractions }) => sum + attractions, 0)); // prettier-ignore
    const { recommendations } = await client.similar(ids[0], { limit: 2 });
    assert.equal(recommendations.length, 2);
    const { lists } = await client.recommend({ users: ['ana', 'bob'], limit: 1 });
    assert.deepEqual(lists.map(({ userId }) => userId), ['ana', 'bob']); // prettier-ignore
  });

  test('an error of the service is one class, with its code and sentence', async () => {
    const client = createClient({ url: service.url });
    await assert.rejects(client.recommend({ limit: 0 }), {
      name: 'ClientError',
      code: 'RECOMMENDER_REQUEST_INVALID',
      status: 400,
      message: "'limit' in the body must be >= 1.",
    });
    await assert.rejects(createClient({ url: `${service.url}/elsewhere` }).parks(), {
      code: 'RECOMMENDER_NO_SUCH_PATH',
      status: 404,
    });
  });

  test('a Python client made from the document by openapi-python-client gets a list', async (t) => {
    const bin = join(import.meta.dirname, 'reports/python/bin');
    if (!existsSync(join(bin, 'openapi-python-client')))
      return t.skip('openapi-python-client is not installed: run tools/client/install-python.sh');
    const scratch = mkdtempSync(join(tmpdir(), 'attractions-python-'));
    t.after(() => rmSync(scratch, { recursive: true }));
    const run = (program, ...argv) => {
      const path = `${bin}${delimiter}${process.env.PATH}`;
      const env = { ...process.env, PATH: path, PYTHONPATH: scratch };
      const { status, stdout, stderr } = spawnSync(join(bin, program), argv, { cwd: scratch, env, encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
      return stdout + stderr;
    };
    const from = [
      '--url',
      `${service.url}/openapi.json`,
      '--meta',
      'none',
      '--output-path',
      join(scratch, 'attractions'),
    ];
    const said = run('openapi-python-client', 'generate', ...from);
    // Each operation that it cannot make is a warning.
    assert.doesNotMatch(said, /warning|error/i);
    const program = `
import json, sys
from attractions.client import Client
from attractions.api.recommendations import recommend, recommend_many
from attractions.models.recommend_many_body import RecommendManyBody

client = Client(sys.argv[1], raise_on_unexpected_status=True)
one = recommend.sync('ana', client=client, limit=3)
body = RecommendManyBody(user_id='ana', limit=3)
other = recommend_many.sync(client=client, body=body)
print(json.dumps([[entry.name for entry in answer.recommendations] for answer in (one, other)]))
`;
    const [one, other] = JSON.parse(run('python', '-c', program, service.url));
    const { recommendations } = await createClient({ url: service.url }).recommend({ userId: 'ana', limit: 3 });
    const names = recommendations.map(({ name }) => name);
    assert.deepEqual([one, other], [names, names]);
  });
});

test('through a proxy that loses a third of requests and answers, each event is in the feed once, with its list', async (t) => {
  const service = await sampleService();
  const kinds = ['before', undefined, 'after', 'slow', undefined, 'busy', undefined, undefined];
  const proxy = await faultyProxy(service.url, (n) => kinds[n % kinds.length]);
  const client = createClient({ url: proxy.url, retries: 5 });
  const tracked = new Map();
  for (let n = 0; n < 12; n++) {
    const userId = `visitor-${n}`;
    const { recommendations, requestId } = await client.recommend({ userId, limit: 3 });
    for (let click = 0; click < 15; click++) {
      const { attractionId } = recommendations[click % 3];
      tracked.set(client.track({ type: 'click', attractionId, requestId }), { userId, attractionId, requestId });
    }
  }
  await client.flush();
  proxy.close();
  await service.close(async () => {
    const rowsOf = async (feed) => {
      const [{ seq }] = await service.commandLine('feeds', 'history', feed);
      const updates = Array.from({ length: seq }, (_, n) => service.commandLine('feeds', 'cat', `${feed}#${n + 1}`));
      return (await Promise.all(updates)).flat();
    };
    const rows = await rowsOf('serving/events');
    const found = rows.map((row) => [
      row.event_id,
      { userId: row.user_id, attractionId: row.attraction_id, requestId: row.request_id },
    ]);
    assert.equal(rows.length, 180);
    assert.deepEqual(new Map(found), tracked);
    const shown = new Map((await rowsOf('serving/exposures')).map((row) => [row.request_id, row.user_id]));
    for (const { requestId, userId } of tracked.values()) assert.equal(shown.get(requestId), userId);
  });
  t.diagnostic(`180 events and 12 lists in ${proxy.requests.length} requests`);
});
