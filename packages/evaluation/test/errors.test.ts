import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

import { EVALUATION_ERRORS, EvaluationError } from '../src/errors.js';

test('the table of errors in the README is the table in the code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(EVALUATION_\w+)` +\| (\d) +\| (.+?) +\|$/gm)].map(([, ...cells]) => cells);
  const table = Object.entries(EVALUATION_ERRORS).map(([code, { when, exitCode }]) => [code, String(exitCode), when]);
  expect(rows).toEqual(table);
});

test('an error carries its code, its exit code and its cause', () => {
  const cause = new Error('below');
  const error = new EvaluationError('EVALUATION_OPTIONS_INVALID', 'A sentence.', { cause });
  const { name, code, exitCode, message } = error;
  expect([name, code, exitCode, message, error.cause]).toEqual([
    'EvaluationError',
    'EVALUATION_OPTIONS_INVALID',
    2,
    'A sentence.',
    cause,
  ]);
});

test('the example of the README prints what it says, on the built package', () => {
  const folder = new URL('..', import.meta.url);
  const readme = readFileSync(new URL('README.md', folder), 'utf8');
  const example = /```js\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const args = ['--input-type=module', '--eval', example];
  const stdout = execFileSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    // Nx asks for colours, and Node would print numbers in them.
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  expect(stdout.trim()).toBe(/console\.log\(report\.metrics\); \/\/ (.*)/.exec(example)?.[1]);
});
