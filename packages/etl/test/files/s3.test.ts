import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Objects } from '@attractions/feeds';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { findFiles } from '../../src/files/find.js';
import { fetched } from '../../src/files/s3.js';
import { loadVisits } from '../../src/loader.js';
import { probeSources } from '../../src/source/choose.js';

const NOW = new Date('2026-11-28T12:00:00Z');
const BUCKET = `sources-${process.pid}-${randomUUID().slice(0, 8)}`;
const root = `s3://${BUCKET}/shop`;

/** Why there is no server, or undefined where there is one. */
const noServer = (() => {
  const script = fileURLToPath(new URL('../../../../tools/ceph/start.sh', import.meta.url));
  const { status, stdout, stderr } = spawnSync(script, ['--running'], { encoding: 'utf8' });
  if (status !== 0) return stderr.trim();
  for (const line of stdout.trim().split('\n')) {
    const [name = '', value = ''] = line.split('=');
    process.env[name] = value;
  }
  return undefined;
})();
if (noServer !== undefined) process.stderr.write(`Objects in S3 are not tested. ${noServer}\n`);
const onS3 = noServer === undefined ? describe : describe.skip;

const client = new S3Client({ forcePathStyle: true });
const put = (Key: string, Body: string | Uint8Array) =>
  client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));

const HEADER = 'user,attraction,time\n';

onS3('objects of a bucket', () => {
  beforeAll(async () => {
    await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await put('shop/day=2026-05-01/a.csv', `${HEADER}ann,slide,2026-05-01T10:00:00Z\n,slide,2026-05-01T10:00:00Z\n`);
    await put('shop/day=2026-05-02/b.csv.gz', gzipSync(`${HEADER}bob,wheel,2026-05-02T10:00:00Z\n`));
    await put('shop/day=2026-05-02/_temporary.csv', 'x');
    await put('shop/empty.csv', Buffer.alloc(0));
    await put(
      'shop/items.jsonl',
      '{"attraction":"slide","name":"The slide"}\n{"attraction":"wheel","name":"The wheel"}\n',
    );
    const many = Array.from({ length: 60_000 }, (_, i) => `user-${i},ride-${i % 50},2026-05-01T10:00:00Z\n`).join('');
    await put('shop/many.csv', HEADER + many);
    for (let i = 0; i < 3; i++) await put(`shop/many/part ${i}.csv`, `${HEADER}u${i},slide,2026-05-01\n`);
  });

  const visits = { type: 'csv', files: `${root}/day=*/*.csv{,.gz}?path-style=true` };
  const attractions = { type: 'jsonl', files: `${root}/items.jsonl?path-style=true`, columns: { name: 'name' } };

  test('a pattern of keys and a key are read; rejects and sources name the objects', async () => {
    const { tally, rejects, sources, attractions: found } = await loadVisits({ visits, attractions }, { now: NOW });
    expect(tally).toMatchObject({ files: 3, rows: 3, kept: 2, rejected: 1, users: 2 });
    expect(found.map(({ name }) => name)).toEqual(['The slide', 'The wheel']);
    expect(rejects).toEqual([
      {
        file: `${root}/day=2026-05-01/a.csv`,
        line: 3,
        column: 'user',
        reason: 'The user id is empty.',
        text: ',slide,2026-05-01T10:00:00Z',
      },
    ]);
    expect(sources.map(({ path }) => path)).toEqual([
      `${root}/day=2026-05-01/a.csv`,
      `${root}/day=2026-05-02/b.csv.gz`,
      `${root}/items.jsonl`,
    ]);
  });

  test('folders of keys are partitions, and a listing tells the etag of each object', async () => {
    const files = await findFiles([visits.files], '.');
    expect(files.map(({ partitions }) => partitions)).toEqual([{ day: '2026-05-01' }, { day: '2026-05-02' }]);
    for (const { remote } of files) expect(remote?.object.etag).toMatch(/^"[0-9a-f]{32}"$/);
  });

  test('a probe fetches a beginning only, and shows its rows', async () => {
    const { visits: probe } = await probeSources({
      visits: { type: 'csv', files: `${root}/many.csv?path-style=true` },
    });
    expect(probe?.sample).toHaveLength(1_000);
    expect(probe?.sample[0]).toMatchObject({ file: `${root}/many.csv`, line: 2, user: 'user-0' });
  });

  test('keys with blanks and a deep pattern', async () => {
    const deep = { type: 'csv', files: `s3://${BUCKET}/**/part *.csv?path-style=true` };
    expect((await loadVisits({ visits: deep }, { now: NOW })).tally).toMatchObject({ files: 3, rows: 3, kept: 3 });
  });

  test('a connection that is lost goes on behind the last byte', async () => {
    const { port, hostname } = new URL(process.env['AWS_ENDPOINT_URL_S3'] ?? '');
    let cuts = 0;
    const open = new Set<Socket>();
    // Passes bytes on, and hangs up in the middle of the first large answer.
    const proxy = createServer((near) => {
      const far = connect(Number(port), hostname);
      open.add(near);
      let passed = 0;
      far.on('data', (chunk) => {
        passed += chunk.length;
        if (cuts === 0 && passed > 300_000) {
          cuts++;
          near.destroy();
          far.destroy();
        } else near.write(chunk);
      });
      near
        .on('data', (chunk) => far.write(chunk))
        .on('close', () => far.destroy())
        .on('error', () => undefined);
      far.on('close', () => near.destroy()).on('error', () => undefined);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const direct = process.env['AWS_ENDPOINT_URL_S3'];
    process.env['AWS_ENDPOINT_URL_S3'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      const many = { type: 'csv', files: `${root}/many.csv?path-style=true` };
      const { tally, sources } = await loadVisits({ visits: many }, { now: NOW });
      expect(tally).toMatchObject({ rows: 60_000, kept: 60_000, users: 60_000 });
      expect(cuts).toBe(1);
      process.env['AWS_ENDPOINT_URL_S3'] = direct;
      expect((await loadVisits({ visits: many }, { now: NOW })).sources).toEqual(sources);
    } finally {
      process.env['AWS_ENDPOINT_URL_S3'] = direct;
      for (const each of open) each.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    }
  });

  test('an object that is replaced after it was listed is not read', async () => {
    const [file] = await findFiles([`${root}/many/part 0.csv?path-style=true`], '.');
    await put('shop/many/part 0.csv', `${HEADER}other,slide,2026-05-01\n`);
    await expect(fetched(file ? [file] : [], async () => tmpdir())).rejects.toMatchObject({
      code: 'ETL_FILE_CHANGED',
      exitCode: 1,
      message: `'${root}/many/part 0.csv' changed while it was read; run again when nothing writes to it.`,
    });
  });

  test.each([
    [
      'nothing that matches',
      `${root}/*.tsv?path-style=true`,
      'ETL_NO_FILES',
      /No object matches '.*\*\.tsv\?path-style=true'; correct `files`/,
    ],
    ['a key that is a folder', `${root}/many?path-style=true`, 'ETL_NO_FILES', /or give a pattern/],
    [
      'a bucket that is not there',
      's3://no-such-bucket-of-mine/x.csv?path-style=true',
      'ETL_NO_FILES',
      /There is no bucket for/,
    ],
    ['no key', `s3://${BUCKET}`, 'ETL_NO_FILES', /does not name objects; give s3:\/\/bucket\/prefix\/\*\.csv/],
    ['an empty object', `${root}/empty.csv?path-style=true`, 'ETL_FILE_BROKEN', /shop\/empty\.csv' is empty/],
  ])('%s is a sentence that says what to do', async (_what, files, code, message) => {
    const load = loadVisits({ visits: { type: 'csv', files } }, { now: NOW });
    await expect(load).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('wrong credentials are a sentence that says what to do', async () => {
    const secret = process.env['AWS_SECRET_ACCESS_KEY'];
    process.env['AWS_SECRET_ACCESS_KEY'] = 'wrong';
    try {
      await expect(loadVisits({ visits }, { now: NOW })).rejects.toMatchObject({
        code: 'ETL_FILE_UNREADABLE',
        exitCode: 1,
        message: expect.stringMatching(/403.*Give these credentials the permission/),
      });
    } finally {
      process.env['AWS_SECRET_ACCESS_KEY'] = secret;
    }
  });

  test('a load that is stopped says why', async () => {
    const reason = new Error('Stopped.');
    const stopped = loadVisits({ visits }, { now: NOW, signal: AbortSignal.abort(reason) });
    await expect(stopped).rejects.toBe(reason);
  });
});

test('more than the temporary folder has room for is refused before the first byte', async () => {
  const objects = {
    list: () => Promise.reject(new Error('Nothing is asked of the server.')),
    read: () => Promise.reject(new Error('Nothing is asked of the server.')),
  } as unknown as S3Objects;
  const object = { key: 'all.csv', bytes: 1e18, etag: '"1"' };
  const file = { path: '', name: 's3://bucket/all.csv', partitions: {}, remote: { objects, object } };
  await expect(fetched([file], async () => tmpdir())).rejects.toMatchObject({
    code: 'ETL_FILE_UNREADABLE',
    message: expect.stringMatching(
      /The objects have 1000000000\.0 GB, but .* has room for .* GB; set TMPDIR to a larger one/,
    ),
  });
});
