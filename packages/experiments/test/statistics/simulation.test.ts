import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';

const command = fileURLToPath(new URL('../../../../tools/bench/experiments/index.mjs', import.meta.url));

type Rows = readonly Record<string, number>[];
let results: Record<'looks' | 'many' | 'coverage' | 'cuped' | 'ratio', Rows>;

/** The short form of the simulations in docs/experiments.md: 200 experiments each, always the same ones. */
describe('200 simulated experiments', () => {
  beforeAll(() => {
    const args = [command, '--experiments', '200', '--only', 'looks,many,coverage,cuped,ratio', '--json'];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    results = JSON.parse(stdout) as typeof results;
  });

  test('looked at every day: an interval for one look lies often, an anytime-valid one does not', () => {
    expect(results.looks).toHaveLength(9);
    for (const { fixedEver = 0, fixedLast = 1, anytimeEver = 1 } of results.looks) {
      expect(fixedEver).toBeGreaterThan(0.2);
      expect(fixedLast).toBeLessThan(0.1);
      expect(anytimeEver).toBeLessThanOrEqual(0.05);
    }
  });

  test('ten comparisons: some p value is small often, and seldom after Holm', () => {
    const [{ plainLast = 0, holmLast = 1, holmAnytimeEver = 1 } = {}] = results.many;
    expect(plainLast).toBeGreaterThan(0.2);
    expect(Math.max(holmLast, holmAnytimeEver)).toBeLessThanOrEqual(0.05);
  });

  test('intervals hold the truth for every type of metric', () => {
    for (const { users, absolute = 0, relative = 0, cuped = 1, anytime = 0 } of results.coverage) {
      // Panels of different sizes and few events are the hard case; docs/experiments.md has the figures.
      expect(Math.min(absolute, relative, cuped)).toBeGreaterThan(String(users) === '2000 + 2000' ? 0.9 : 0.85);
      expect(anytime).toBeGreaterThanOrEqual(0.95);
    }
  });

  test('CUPED saves the square of the correlation', () => {
    for (const { theory = 0, said = 1 } of results.cuped) expect(Math.abs(said - theory)).toBeLessThan(0.01);
  });

  test('a sample-ratio fault is found as often as planned', () => {
    // Four Monte-Carlo errors.
    for (const { planned = 0, found = 1 } of results.ratio)
      expect(Math.abs(found - planned)).toBeLessThan(4 * Math.sqrt((planned * (1 - planned)) / 200) + 0.005);
  });
});
