/** One shape of errors in all packages: a table with one row a code, a class that takes its codes, and the same table in the README. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

const folder = join(import.meta.dirname, '../../packages');
const packages = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'src/errors.ts')));

/** What `src/errors.ts` exports. Compiled here, so that the test needs no build; the file imports nothing. */
async function errorsOf(name) {
  const source = readFileSync(join(folder, name, 'src/errors.ts'), 'utf8');
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: 'esnext', target: 'es2022' } });
  const exported = Object.entries(await import(`data:text/javascript,${encodeURIComponent(outputText)}`));
  const [[, table] = [], ...tables] = exported.filter(([key]) => key.endsWith('_ERRORS'));
  const [[className, ErrorClass] = [], ...classes] = exported.filter(([key]) => key.endsWith('Error'));
  assert.ok(table && ErrorClass && tables.length === 0 && classes.length === 0, `${name}: one table, one class`);
  return { table, className, ErrorClass };
}

const sources = packages.flatMap((name) =>
  readdirSync(join(folder, name, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path !== 'errors.ts')
    .map((path) => readFileSync(join(folder, name, 'src', path), 'utf8')),
);

assert.ok(packages.length >= 11, 'packages are found');
for (const name of packages) {
  test(`${name}: a row of the table is when, exit code and, where clients see it, status`, async () => {
    const { table } = await errorsOf(name);
    for (const [code, { when, exitCode, status, ...others }] of Object.entries(table)) {
      assert.match(code, /^[A-Z]+(_[A-Z0-9]+)+$/);
      assert.match(when, /^[A-Z`].*\.$/, code);
      assert.ok([1, 2, 3].includes(exitCode), `${code}: exit code ${exitCode}`);
      assert.ok(status === undefined || (status >= 400 && status < 600), `${code}: status ${status}`);
      assert.deepEqual(others, {}, code);
    }
  });

  test(`${name}: the table of the README is the table of the code`, async () => {
    const { table } = await errorsOf(name);
    const rows = Object.entries(table);
    const hasStatus = rows.some(([, { status }]) => status !== undefined);
    const readme = readFileSync(join(folder, name, 'README.md'), 'utf8');
    const heading = hasStatus ? ['code', 'exit', 'status', 'thrown when'] : ['code', 'exit', 'thrown when'];
    const written = readme.split('\n').map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim())); // prettier-ignore
    const start = written.findIndex((cells) => cells.join() === heading.join());
    assert.ok(start >= 0, `a table with the heading ${heading.join(' | ')}`);
    const end = written.findIndex((cells, line) => line > start && cells.length === 0);
    assert.deepEqual(
      written.slice(start + 2, end < 0 ? undefined : end),
      rows.map(([code, { when, exitCode, status = '' }]) => [
        `\`${code}\``,
        String(exitCode),
        ...(hasStatus ? [String(status)] : []),
        when,
      ]),
    );
  });

  test(`${name}: an error carries its code, its exit code, its sentences and its cause`, async () => {
    const { table, className, ErrorClass } = await errorsOf(name);
    const cause = new Error('below');
    for (const [code, { exitCode }] of Object.entries(table)) {
      // Those of a configuration take a list: all problems at once.
      const listed = 'problems' in new ErrorClass(code, ['A sentence.']);
      const error = new ErrorClass(code, listed ? ['A sentence.'] : 'A sentence.', { cause });
      assert.ok(error instanceof Error);
      assert.deepEqual(
        [error.name, error.code, error.exitCode, error.message, error.cause],
        [className, code, exitCode, 'A sentence.', cause],
      );
      if (listed) assert.deepEqual(error.problems, ['A sentence.']);
    }
  });

  test(`${name}: every code is used`, async () => {
    const { table } = await errorsOf(name);
    const unused = Object.keys(table).filter((code) => !sources.some((text) => text.includes(`'${code}'`)));
    assert.deepEqual(unused, []);
  });
}
