import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  CreateBucketCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from '@jest/globals';

const run = promisify(execFile);
const tool = (name: string): string => fileURLToPath(new URL(`../../../../tools/${name}`, import.meta.url));

/** What a script prints, or undefined with the reason told once. */
async function printed(what: string, script: string, argv: readonly string[]): Promise<string | undefined> {
  try {
    return (await run(tool(script), argv)).stdout.trim();
  } catch (error) {
    process.stderr.write(`${what} is not tested. ${(error as { stderr?: string }).stderr ?? String(error)}\n`);
    return undefined;
  }
}

/** A real PostgreSQL for this test file, which is started with its first test; undefined where there is none. */
export async function postgresServer(): Promise<{ readonly url: string } | undefined> {
  return startedFor('PostgreSQL', 'postgres');
}

/** A server of its own that speaks Spark Connect, as {@link postgresServer}. */
export async function sailServer(): Promise<{ readonly url: string } | undefined> {
  return startedFor('Spark Connect', 'sail');
}

async function startedFor(what: string, folder: 'postgres' | 'sail'): Promise<{ readonly url: string } | undefined> {
  if ((await printed(what, `${folder}/start.sh`, ['--install'])) === undefined) return undefined;
  const started = { url: '' };
  let port = '';
  beforeAll(async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = String((server.address() as AddressInfo).port);
    await new Promise((resolve) => server.close(resolve));
    const { stdout } = await run(tool(`${folder}/start.sh`), [port]);
    started.url = stdout.trim().replace(/^[A-Z_]+=/, '');
  });
  afterAll(() => run(tool(`${folder}/stop.sh`), [port]));
  return started;
}

/** The S3 server that is up, with a bucket for this test file; undefined where there is none. */
export async function startS3() {
  const lines = await printed('S3', 'ceph/start.sh', ['--running']);
  if (lines === undefined) return undefined;
  const env = Object.fromEntries(lines.split('\n').map((line) => line.split('=') as [string, string]));
  Object.assign(process.env, env);
  const client = new S3Client({ forcePathStyle: true });
  afterAll(() => client.destroy());
  const Bucket = `data-${process.pid}-${randomUUID().slice(0, 8)}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  return {
    env,
    address: `s3://${Bucket}`,
    /** Copies the objects below a key into a folder. */
    async download(key: string, folder: string): Promise<void> {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix: `${key}/` }))
        for (const { Key = '' } of Contents) {
          const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
          const path = join(folder, Key);
          await mkdir(dirname(path), { recursive: true });
          await writeFile(path, (await Body?.transformToByteArray()) ?? '');
        }
    },
    /** Puts the files of a folder into the bucket, and returns its address. */
    async upload(folder: string): Promise<string> {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      for (const entry of entries.filter((each) => each.isFile())) {
        const path = join(entry.parentPath, entry.name);
        await client.send(new PutObjectCommand({ Bucket, Key: relative(folder, path), Body: await readFile(path) }));
      }
      return `s3://${Bucket}`;
    },
  };
}
