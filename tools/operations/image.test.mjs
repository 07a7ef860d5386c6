/**
 * The image, made by its own steps without a Docker daemon (see `image.mjs`), on feeds in a real S3 server: the jobs, then the service, each the first
 * process of a namespace of its own, as the image's user, on a read-only root.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { buildImage, cannotBuild, startContainer, stop } from './image.mjs';

const root = join(import.meta.dirname, '../..');

/** What a client of the S3 server needs, as variables; or why there is none. */
function s3() {
  const { status, stdout, stderr } = spawnSync(join(root, 'tools/ceph/start.sh'), ['--running'], { encoding: 'utf8' });
  if (status !== 0) return { missing: stderr.trim() };
  return {
    variables: Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s, 2)),
    ),
  };
}

const { missing, variables } = s3();

describe('the image', { skip: cannotBuild() || missing }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'attractions-image-'));
  const bucket = `image-${randomUUID().slice(0, 8)}`;
  const spans = [];
  const collector = createServer(async (request, response) => {
    spans.push({ path: request.url, body: await text(request) });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  let image;
  let env;

  /** Runs a job to its end; returns its one document. */
  async function job(...command) {
    const container = startContainer(image, {
      env,
      command: [...command, '--json'],
      volumes: [[join(root, 'tools/sample-data'), '/data', 'ro']],
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(container.stdout),
      text(container.stderr),
      once(container, 'exit'),
    ]);
    assert.equal(code, 0, `${command}: ${stdout}${stderr}`);
    return JSON.parse(stdout);
  }

  before(async () => {
    image = buildImage(join(root, 'deploy/image/Dockerfile'), root, folder);
    const { S3Client, CreateBucketCommand } = createRequire(join(root, 'packages/feeds/package.json'))(
      '@aws-sdk/client-s3',
    );
    Object.assign(process.env, variables);
    const client = new S3Client({ forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    client.destroy();
    collector.listen(0, '127.0.0.1');
    await once(collector, 'listening');
    env = {
      ...variables,
      FEEDS_ROOT: `s3://${bucket}/feeds?path-style=true`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.address().port}`,
    };
  });
  after(() => {
    collector.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('holds what is run and no more: no sources of tests, no build tools, nothing that its user may write', () => {
    const modules = readdirSync(join(image.root, 'app/node_modules'));
    for (const name of ['typescript', 'nx', 'jest', '@swc']) assert.ok(!modules.includes(name), name);
    assert.deepEqual(readdirSync(join(image.root, 'app')).sort(), [
      'node_modules',
      'package-lock.json',
      'package.json',
    ]);
    assert.equal(image.user, '1000:1000');
    assert.deepEqual(
      ['app', 'feeds', 'spool'].map((at) => statSync(join(image.root, at)).uid),
      [0, 1000, 1000],
    );
  });

  test('etl, train and validate, and then the service, work on feeds in S3', async () => {
    const { kept } = await job('etl');
    assert.ok(kept > 0);
    await job('train');
    const { model } = await job('validate');
    assert.equal(model, 1);

    const spool = join(folder, 'spool');
    mkdirSync(spool);
    chownSync(spool, 1000, 1000);
    const volumes = [[spool, '/spool', 'rw']];
    const port = String(await freePort());
    const container = startContainer(image, {
      env: { ...env, PORT: port, HOST: '127.0.0.1', EXPOSURE_SPOOL: '/spool', LOG_LEVEL: 'warn' },
      command: [...image.command, '--json'],
      volumes,
    });
    const said = text(container.stderr);
    const ended = once(container, 'exit');
    const first = once(createInterface(container.stdout), 'line').then(([line]) => JSON.parse(line));
    const { url } = await Promise.race([
      first,
      ended.then(async ([code]) => assert.fail(`exit ${code}: ${await said}`)),
    ]);
    assert.equal(url, `http://127.0.0.1:${port}`);

    const answer = await fetch(`${url}/v1/users/nobody/recommendations?park=EmberIsle`);
    assert.equal(answer.status, 200);
    assert.ok((await answer.json()).recommendations.length > 0);

    const health = startContainer(image, { env: { PORT: port }, entrypoint: [], command: image.healthcheck });
    assert.deepEqual(await once(health, 'exit'), [0, null]);

    stop(container);
    assert.deepEqual(await ended, [0, null], await said);
    assert.ok(spans.some(({ path, body }) => path === '/v1/traces' && body.includes('/recommendations')));
    const feeds = await job('feeds');
    assert.ok(JSON.stringify(feeds).includes('serving/exposures/v1.0'), 'the list shown was committed before the end');
    const unhealthy = startContainer(image, { env: { PORT: port }, entrypoint: [], command: image.healthcheck });
    assert.deepEqual(await once(unhealthy, 'exit'), [1, null]);
  });
});

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
