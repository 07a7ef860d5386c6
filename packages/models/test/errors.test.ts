import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { MODELS_ERRORS, ModelsError } from '../src/errors.js';

test('the table of errors in the README is the table in the code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(MODELS_\w+)` +\| (\d) +\| (.+?) +\|$/gm)].map(([, ...cells]) => cells);
  expect(rows).toEqual(
    Object.entries(MODELS_ERRORS).map(([code, { when, exitCode }]) => [code, String(exitCode), when]),
  );
});

test('an error carries its code, its exit code and its cause', () => {
  const cause = new Error('below');
  const error = new ModelsError('MODELS_MODEL_INVALID', 'A sentence.', { cause });
  const { name, code, exitCode, message } = error;
  expect([name, code, exitCode, message, error.cause]).toEqual([
    'ModelsError',
    'MODELS_MODEL_INVALID',
    3,
    'A sentence.',
    cause,
  ]);
});
