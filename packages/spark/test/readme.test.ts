import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { describeOn, startServer } from './support/servers.js';
import type { ConnectServer } from './support/servers.js';

const folder = fileURLToPath(new URL('..', import.meta.url));
describeOn(['sail'], 'the README', () => {
  let server: ConnectServer;
  beforeAll(async () => void (server = await startServer('sail')));
  afterAll(() => server.stop());

  test('its example prints what its comments say, on the built package', async () => {
    const example = /```js\n(.*?)```/s.exec(readFileSync(`${folder}/README.md`, 'utf8'))?.[1] ?? '';
    const printed = [...example.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, output]) => output);
    const child = spawn(process.execPath, ['--input-type=module', '--eval', example], {
      cwd: folder,
      env: { ...process.env, FORCE_COLOR: '0', SPARK_REMOTE: server.remote },
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect([stderr, stdout]).toEqual(['', `${printed.join('\n')}\n`]);
    expect(printed).toHaveLength(1);
  });
});
