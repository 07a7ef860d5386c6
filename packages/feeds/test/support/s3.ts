import { afterAll, describe } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

import type { BlobStore } from '../../src/store/blob-store.js';
import { s3Store } from '../../src/store/s3.js';

/** Starts a server, or tells what a client needs to use the one that is up. */
const SCRIPT = fileURLToPath(new URL('../../../../tools/ceph/start.sh', import.meta.url));

/** A bucket for this test file. */
export const BUCKET = `feeds-${process.pid}-${randomUUID().slice(0, 8)}`;

let client: S3Client | undefined;
let made = 0;

/** Why there is no server, or undefined where there is one. */
export const NO_S3 = await connect();

if (NO_S3 !== undefined) process.stderr.write(`S3 is not tested. ${NO_S3}\n`);

afterAll(() => client?.destroy());

/** Describes tests against the real server; they are skipped where there is none, with the reason printed once. */
export function describeOnS3(name: string, tests: () => void): void {
  if (NO_S3 === undefined) describe(name, tests);
  else describe.skip(name, tests);
}

/** The root of feeds that hold nothing yet. */
export function s3Root(): string {
  return `s3://${BUCKET}/${made++}?path-style=true`;
}

/** A new, empty store on the real server. */
export function newS3Store(): BlobStore {
  return s3Store(s3Root());
}

async function connect(): Promise<string | undefined> {
  const { status, stdout, stderr } = spawnSync(SCRIPT, ['--running'], { encoding: 'utf8' });
  if (status !== 0) return stderr.trim();
  for (const line of stdout.trim().split('\n')) {
    const [name = '', value = ''] = line.split('=');
    process.env[name] = value;
  }
  client = new S3Client({ forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  return undefined;
}
