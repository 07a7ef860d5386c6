import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { forceConfig } from '@attractions/config';

import { main } from '../src/cli.js';
import { pipelineSettings } from '../src/settings.js';
import { emptyFolder, quick } from './support/command-line.js';

/** Runs a command line as on a terminal. */
async function onTerminal(feedsRoot: string, ...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const output = {
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { isTTY: true, write: (text: string) => (written.stderr += text) },
  };
  const exitCode = await forceConfig(pipelineSettings, quick(feedsRoot), () => main(argv, output));
  return { exitCode, ...written };
}

test('long commands draw bars on a terminal, on stderr, and none with --json', async () => {
  const feedsRoot = await emptyFolder();
  const run = await onTerminal(feedsRoot, 'run');
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toContain('\r\x1b[2Ktraining [########################] 3/3 iterations');
  const configFile = join(feedsRoot, 'keep.config.json');
  await writeFile(configFile, '{ "keep": { "last": 1 } }');
  const commands = [
    [['recommend', '--all'], 'lists [########################] '],
    [['evaluate'], 'judging [########################] '],
    [['validate'], 'checking lists [########################] '],
    [['validate'], 'judging [########################] '],
    [['keep', '--config', configFile], 'giving up [########################] '],
    [['keep', '--config', configFile], 'deleting [########################] '],
    [['feeds', 'verify'], 'verifying [########################] '],
    [['forget', 'nobody', '--yes'], 'looking [########################] '],
  ] as const;
  for (const [argv, bar] of commands) {
    const { exitCode, stdout, stderr } = await onTerminal(feedsRoot, ...argv);
    // What the gate says of a model that was trained for three iterations is another matter.
    expect([argv, exitCode === 3 && argv[0] === 'validate' ? 0 : exitCode, stderr]).toEqual([
      argv,
      0,
      expect.stringContaining(`\r\x1b[2K${bar}`),
    ]);
    expect(stdout).not.toContain('\x1b[2K');
  }
  const json = await onTerminal(feedsRoot, 'run', '--json');
  expect(json.stderr).toBe('');
  expect(JSON.parse(json.stdout)).toMatchObject({ users: expect.any(Number) });
}, 120_000);
