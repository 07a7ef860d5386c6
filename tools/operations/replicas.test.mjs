/**
 * Four services on one root, in a folder and in S3: real processes, asked in turns. What each shows and takes is in the feeds once, whoever is killed; all follow the champion, a
 * rollback and experiments; replacing them one after the other fails no request behind a plain proxy.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { als, events, exposures, openFeeds, producer, putEdition, startService, userIdOf } from '../stress/service.mjs';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'packages/pipeline/bin/attractions.js');
const scratch = mkdtempSync(join(tmpdir(), 'attractions-replicas-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const TOKEN = 'a-token-of-the-operator';
const USERS = 100;

/** What a client of the S3 server needs, as variables; or why there is none. */
function s3() {
  const { status, stdout, stderr } = spawnSync(join(root, 'tools/ceph/start.sh'), ['--running'], { encoding: 'utf8' });
  if (status !== 0) return { missing: stderr?.trim() || 'ceph: there is no bash' };
  return {
    variables: Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s, 2)),
    ),
  };
}

async function newBucket(variables) {
  Object.assign(process.env, variables);
  const { S3Client, CreateBucketCommand } = createRequire(join(root, 'packages/feeds/package.json'))(
    '@aws-sdk/client-s3',
  );
  const client = new S3Client({ forcePathStyle: true });
  const Bucket = `replicas-${randomUUID().slice(0, 8)}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  client.destroy();
  return `s3://${Bucket}/feeds?path-style=true`;
}

/** Asks until an answer satisfies, for at most four minutes; gives the last answer. */
async function until(ask, satisfies) {
  const end = performance.now() + 240_000;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer) || performance.now() > end) return answer;
    await delay(20);
  }
}

/** Passes requests on to the services that say they are ready, in turns. It tries nothing again. */
async function proxyOf(services) {
  const agent = new Agent({ keepAlive: true });
  const ready = new Set();
  let turn = 0;
  let closed = false;
  const watch = (async () => {
    while (!closed) {
      for (const service of new Set([...services, ...ready])) {
        const isReady =
          services.has(service) &&
          (await fetch(`${service.url}/readyz`).then(
            ({ ok }) => ok,
            () => false,
          ));
        if (isReady) ready.add(service);
        else ready.delete(service);
      }
      await delay(20);
    }
  })();
  const server = createServer((incoming, outgoing) => {
    const { url } = [...ready][turn++ % ready.size];
    const { method, headers } = incoming;
    const passed = request(url + incoming.url, { method, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', (error) => outgoing.writeHead(502).end(String(error)));
    incoming.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    ready,
    async close() {
      closed = true;
      await watch;
      agent.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
}

const { missing, variables } = s3();

for (const [where, skip] of [
  ['in a folder', false],
  ['in S3', missing ?? false],
])
  describe(`four services on one root ${where}`, { skip, timeout: 1_200_000 }, () => {
    const folder = mkdtempSync(join(scratch, 'root-'));
    const own = { ...process.env };
    let env;
    let store;
    let replicas;
    /** Ids of the requests whose lists were shown, and of the events that were taken. */
    const shown = new Set();
    const taken = new Set();
    let n = 0;

    /** The settings of one replica. In a folder all share a spool, which is beside the feeds; in S3 each has its own. */
    const spools = (name) =>
      where === 'in S3'
        ? { EXPOSURE_SPOOL: join(folder, name, 'exposures'), EVENT_SPOOL: join(folder, name, 'events') }
        : {};
    const start = (name, more = {}) => startService(folder, { ...env, ...spools(name), ...more });
    const list = async (url) => {
      const response = await fetch(`${url}/v1/users/${encodeURIComponent(userIdOf(n++ % USERS))}/recommendations`);
      const body = await response.json();
      if (response.ok) shown.add(body.requestId);
      return { status: response.status, ...body };
    };
    const report = async (url, ids) => {
      const body = JSON.stringify({ events: ids.map((eventId) => ({ eventId, userId: userIdOf(1), type: 'click' })) });
      const response = await fetch(`${url}/v1/events`, {
        ...{ method: 'POST', body, headers: { 'content-type': 'application/json' } },
      });
      if (response.ok) for (const id of ids) taken.add(id);
      return response.status;
    };
    const version = async ({ url }) => (await fetch(`${url}/v1/version`)).json();
    const everywhere = async (satisfies) => Promise.all(replicas.map((each) => until(() => version(each), satisfies)));
    const attractions = (...args) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args, '--json'], {
        ...{ cwd: folder, env: { ...own, ...env, FORCE_COLOR: '0' }, encoding: 'utf8' },
      });
      assert.equal(status, 0, stdout + stderr);
      return JSON.parse(stdout);
    };
    const championIs = async (edition) => {
      const { seq } = await putEdition(store, edition, { users: USERS, items: 40 });
      await store.feed(als).alias('champion', seq, { producer });
      return seq;
    };
    const rowsOf = async (contract) => {
      const rows = [];
      for await (const { seq } of store.feed(contract).since(0))
        rows.push(...(await (await store.feed(contract).at(seq)).read()));
      return rows;
    };
    const stopped = async (service) => {
      service.kill('SIGTERM');
      const [code, signal] = await service.ended;
      assert.deepEqual([code, signal], [0, null], service.said());
    };

    before(async () => {
      env = {
        ...(where === 'in S3' && { ...variables, FEEDS_ROOT: await newBucket(variables) }),
        ...(where === 'in a folder' && { FEEDS_ROOT: join(folder, 'feeds') }),
        ...{ ADMIN_TOKEN: TOKEN, MODEL_POLL_SECONDS: '0.1', MAX_DELAY_MS: '60000', LOG_LEVEL: 'error' },
        ...{ EXPOSURE_SYNC_MS: '20', EXPOSURE_COMMIT_SECONDS: '0.5', EVENT_COMMIT_SECONDS: '0.5' },
      };
      store = openFeeds(env.FEEDS_ROOT);
      await championIs(1);
      replicas = await Promise.all(['a', 'b', 'c', 'd'].map((name) => start(name)));
    });

    test('all follow the champion, and a rollback at one of them', async () => {
      const first = (await version(replicas[0])).generation.model;
      const second = await championIs(2);
      const isAt =
        (seq) =>
        ({ generation }) =>
          generation.model === seq;
      for (const { generation } of await everywhere(isAt(second))) assert.equal(generation.model, second);
      const headers = { authorization: `Bearer ${TOKEN}` };
      assert.equal((await fetch(`${replicas[2].url}/admin/rollback`, { method: 'POST', headers })).status, 200);
      for (const { generation } of await everywhere(isAt(first))) assert.equal(generation.model, first);
      const third = await championIs(3);
      for (const { generation } of await everywhere(isAt(third))) assert.equal(generation.model, third);
    });

    test('all see an experiment that is started, ramped and stopped', async () => {
      const why = ['--reason', 'four replicas'];
      const isAt =
        (wanted) =>
        ({ experiments }) =>
          JSON.stringify(experiments.map(({ version }) => version)) === JSON.stringify(wanted);
      const seen = async (wanted) =>
        (await everywhere(isAt(wanted))).map(({ experiments }) => experiments.map(({ version }) => version));
      attractions('experiment', 'start', 'replicas', '--panels', 'als=10,popular=10', ...why);
      assert.deepEqual(
        await seen([1]),
        replicas.map(() => [1]),
      );
      attractions('experiment', 'ramp', 'replicas', '--panels', 'als=50,popular=50', ...why);
      assert.deepEqual(
        await seen([2]),
        replicas.map(() => [2]),
      );
      // A user has the same panel at all of them.
      const user = encodeURIComponent(userIdOf(7));
      const panels = await Promise.all(
        replicas.map(async ({ url }) => {
          const { requestId, panel } = await (await fetch(`${url}/v1/users/${user}/recommendations`)).json();
          shown.add(requestId);
          return panel.panel;
        }),
      );
      assert.equal(new Set(panels).size, 1, String(panels));
      attractions('experiment', 'stop', 'replicas', ...why);
      assert.deepEqual(
        await seen([]),
        replicas.map(() => []),
      );
    });

    test('an event that is sent to two of them is taken by both, and counts once', async () => {
      const ids = Array.from({ length: 20 }, (_, i) => `twice-${i}`);
      assert.deepEqual(await Promise.all(replicas.slice(0, 2).map(({ url }) => report(url, ids))), [202, 202]);
      assert.equal(await report(replicas[3].url, ids), 202);
    });

    test('what one has recorded before it is killed is committed once it is started again', async () => {
      await stopped(replicas[3]);
      // It commits nothing by itself: what it leaves is for the next one.
      const slow = await start('d', { EXPOSURE_COMMIT_SECONDS: '600', EVENT_COMMIT_SECONDS: '600' });
      const { requestId } = await list(slow.url);
      assert.equal(await report(slow.url, ['before-the-kill']), 202);
      const spool = spools('d').EXPOSURE_SPOOL ?? join(env.FEEDS_ROOT, '_spool');
      const texts = () =>
        readdirSync(spool, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && !entry.parentPath.includes('_rejects'))
          .map(({ parentPath, name }) => {
            try {
              return readFileSync(join(parentPath, name), 'utf8');
            } catch {
              return '';
            }
          });
      const isOnDisk = await until(
        () => texts().some((text) => text.includes(requestId)),
        (found) => found,
      );
      assert.ok(isOnDisk);
      slow.kill('SIGKILL');
      await slow.ended;
      replicas[3] = await start('d');
      const ids = async () => [
        ...(await rowsOf(exposures)).map((row) => row.requestId),
        ...(await rowsOf(events)).map((row) => row.eventId),
      ];
      const isThere = (found) => found.includes(requestId) && found.includes('before-the-kill');
      assert.ok(isThere(await until(ids, isThere)));
    });

    test('they are replaced one after the other behind a proxy, and no request fails', async () => {
      const services = new Set(replicas);
      const proxy = await proxyOf(services);
      await until(
        async () => proxy.ready.size,
        (size) => size === 4,
      );
      const failures = [];
      const servedBy = new Set();
      let [done, answers] = [false, 0];
      const client = async () => {
        while (!done) {
          const { status, ...body } = await list(proxy.url).catch((error) => ({ status: String(error) }));
          answers++;
          if (status !== 200) failures.push([status, body]);
          const event = `event-${randomUUID()}`;
          const reported = await report(proxy.url, [event]).catch(String);
          if (reported !== 202) failures.push([reported, event]);
        }
      };
      const clients = Promise.all([client(), client(), client()]);
      for (const [at, old] of replicas.entries()) {
        const next = await start(`new-${at}`);
        services.add(next);
        await until(async () => proxy.ready.has(next), Boolean);
        // As Kubernetes does: no new requests go to it, and then it gets the signal, with some still on their way.
        services.delete(old);
        await until(async () => !proxy.ready.has(old), Boolean);
        await stopped(old);
        replicas[at] = next;
        servedBy.add(next.url);
      }
      done = true;
      await clients;
      await proxy.close();
      assert.deepEqual(failures, []);
      assert.equal(servedBy.size, 4);
      assert.ok(answers > 20, `${answers} answers`);
    });

    test('in the end each list shown and each event taken is in the feeds once, and the feeds verify', async () => {
      for (const { url } of replicas) for (let i = 0; i < 10; i++) assert.equal((await list(url)).status, 200);
      await Promise.all(replicas.map(stopped));
      const lists = (await rowsOf(exposures)).map(({ requestId }) => requestId);
      const reported = (await rowsOf(events)).map(({ eventId }) => eventId);
      assert.deepEqual(lists.sort(), [...shown].sort());
      assert.deepEqual(reported.sort(), [...taken].sort());
      attractions('feeds', 'verify');
    });

    test('a limit of requests is of each service: a client that is sent to four in turns has four times as many', async () => {
      const limited = await Promise.all(
        ['e', 'f', 'g', 'h'].map((name) => start(name, { RATE_LIMIT: '0.01', LOG_EXPOSURES: 'false' })),
      );
      const statuses = [];
      for (let i = 0; i < 12; i++) {
        const response = await fetch(`${limited[i % 4].url}/v1/parks`);
        statuses.push(response.status);
      }
      assert.deepEqual(statuses, [...Array(4).fill(200), ...Array(8).fill(429)]);
      await Promise.all(limited.map(stopped));
    });
  });
