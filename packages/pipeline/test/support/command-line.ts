import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { forceConfig } from '@attractions/config';

import { main } from '../../src/cli.js';
import { pipelineSettings } from '../../src/settings.js';
import type { PipelineConfig } from '../../src/settings.js';
import { SAMPLE_DATA } from './paths.js';

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/** An empty folder that goes with the test. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'attractions-'));
  folders.push(folder);
  return folder;
}

/** A quick training on the sample data, with feeds in `feedsRoot`. */
export function quick(feedsRoot: string): Partial<PipelineConfig> {
  return { rawDataPath: SAMPLE_DATA, feedsRoot, logLevel: 'silent', rank: 8, iterations: 3, threads: 1 };
}

/** Runs a command line under a forced configuration and keeps what it writes. */
export async function attractions(config: Partial<PipelineConfig>, ...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const keep = (stream: keyof typeof written) => ({ write: (text: string) => (written[stream] += text) });
  const output = { stdout: keep('stdout'), stderr: keep('stderr') };
  const exitCode = await forceConfig(pipelineSettings, config, () => main(argv, output));
  return { exitCode, ...written };
}
