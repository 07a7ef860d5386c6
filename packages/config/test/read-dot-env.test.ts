import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConfigError } from '../src/errors.js';
import { loadDotEnv } from '../src/read.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dot-env-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('fills what is unset and leaves what is set, be it empty', () => {
  const path = join(folder, 'some.env');
  writeFileSync(path, "# a comment\nNEW='two words'\nSET=from the file\nEMPTY=from the file\n");
  const env: Record<string, string | undefined> = { SET: 'from the shell', EMPTY: '' };
  loadDotEnv(path, env);
  expect(env).toEqual({ NEW: 'two words', SET: 'from the shell', EMPTY: '' });
});

test('an absent file is no problem', () => {
  const env = {};
  loadDotEnv(join(folder, 'absent.env'), env);
  expect(env).toEqual({});
});

test('a file that is there but cannot be read is one', () => {
  const refused = () => loadDotEnv(folder, {});
  expect(refused).toThrow(ConfigError);
  expect(refused).toThrow(`'${folder}' cannot be read (EISDIR); make it a readable file or remove it.`);
});
