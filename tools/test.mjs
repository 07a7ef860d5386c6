/**
 * Checks everything: lint, types, build and tests of every project, and the packages as their users get them. Ends with `N passed, N failed` alone on a line
 * and exits 1 when anything failed. Nx does not run unchanged targets again; their counts are still in the sum.
 *
 *     npm test                     # everything
 *     npm test -- -p feeds,etl     # some projects; the arguments go to `nx run-many`
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nx } from './nx.mjs';

const root = join(import.meta.dirname, '..');

/** Counts of one Jest run. A suite that could not even start counts as one failure. */
function jestCounts(report) {
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(report);
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites, skipped: numPendingTests };
}

/** Counts of one `node --test` run, from the comment lines that close its TAP. */
function tapCounts(report) {
  const figure = (word) => Number(report.match(new RegExp(`^# ${word} ([0-9]+)$`, 'm'))?.[1] ?? 0);
  return { passed: figure('pass'), failed: figure('fail'), skipped: figure('skipped') };
}

function* reports() {
  for (const name of readdirSync(join(root, 'packages')))
    yield [join(root, 'packages', name, 'reports/jest.json'), jestCounts];
  for (const name of ['test', 'imports-test', 'site-test', 'operations-test', 'client-test', 'publish-test'])
    yield [join(root, `tools/reports/${name}.tap`), tapCounts];
}

const targets = 'lint,typecheck,build,test,imports-test,site-test,operations-test,client-test,publish-test';
const { status } = nx(['run-many', '-t', targets, '--output-style=static', ...process.argv.slice(2)]);

const total = { passed: 0, failed: 0, skipped: 0 };
for (const [path, counts] of reports()) {
  if (!existsSync(path)) continue;
  const { passed, failed, skipped } = counts(readFileSync(path, 'utf8'));
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

const ok = status === 0 && total.failed === 0 && total.passed > 0;
if (!ok && total.failed === 0)
  console.log('\nNo test failed, but lint, types, the build or a test run did: see above. Counted as one failure.');
if (total.skipped > 0) console.log(`\n${total.skipped} skipped, for the reasons above`);
console.log(`\n${total.passed} passed, ${ok ? 0 : Math.max(1, total.failed)} failed`);
process.exitCode = ok ? 0 : 1;
