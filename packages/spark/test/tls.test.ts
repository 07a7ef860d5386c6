import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ServerCredentials } from '@grpc/grpc-js';

import { proxyTo } from './support/proxy.js';
import type { Proxy } from './support/proxy.js';
import { describeOn, startServer } from './support/servers.js';
import type { ConnectServer } from './support/servers.js';

/** A program of a user, which prints a row or the code of the error. */
const PROGRAM = `
import { connect, sql } from '@attractions/spark';
try {
  const spark = await connect(process.env.SPARK_REMOTE, { timeoutMs: 5_000 });
  console.log(String((await spark.collect(sql('SELECT 1 AS n'))).get(0)));
  await spark.close();
} catch (error) {
  console.log(error.code);
}`;

const canMakeKeys = spawnSync('openssl', ['version']).status === 0;
if (!canMakeKeys) process.stderr.write('TLS is not tested: there is no openssl.\n');

describeOn(['sail'], 'TLS', () => {
  const testWithKeys = canMakeKeys ? test : test.skip;
  let server: ConnectServer;
  let proxy: Proxy;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'spark-tls-'));
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const made = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...made], { stdio: 'pipe' }); // prettier-ignore
    const pair = {
      private_key: readFileSync(join(folder, 'key.pem')),
      cert_chain: readFileSync(join(folder, 'certificate.pem')),
    };
    server = await startServer('sail');
    proxy = await proxyTo(server.port, ServerCredentials.createSsl(null, [pair]));
  });

  afterAll(async () => {
    proxy.stop();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const printed = async (remote: string, settings: Readonly<Record<string, string>>): Promise<string> => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { PATH: process.env['PATH'] ?? '', FORCE_COLOR: '0', SPARK_REMOTE: remote, ...settings },
    });
    const [stdout] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    return stdout.trim();
  };

  testWithKeys('a token goes to a server whose certificate is trusted', async () => {
    const remote = `sc://localhost:${proxy.port}/;use_ssl=true;token=secret`;
    expect(await printed(remote, { NODE_EXTRA_CA_CERTS: join(folder, 'certificate.pem') })).toBe('{"n": 1}');
    expect(proxy.authorizations).toEqual(['Bearer secret']);
  });

  testWithKeys('nothing goes to a server whose certificate is not trusted', async () => {
    const remote = `sc://localhost:${proxy.port}/;use_ssl=true;token=secret`;
    const before = proxy.opened.length;
    expect(await printed(remote, {})).toBe('SPARK_UNREACHABLE');
    expect(proxy.opened.length).toBe(before);
  });
});
