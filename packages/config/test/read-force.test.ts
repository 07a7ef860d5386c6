import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { ConfigError } from '../src/errors.js';
import { forceConfig, readConfig } from '../src/read.js';
import { integer, text } from '../src/setting.js';

const settings = {
  rank: integer({ variable: 'FORCED_RANK', description: 'Factors.', default: 64, min: 1, max: 1024 }),
  name: text({ variable: 'FORCED_NAME', description: 'Name.', default: 'nobody' }),
};

test('parallel scopes never meet, across awaits', async () => {
  const scope = (rank: number) =>
    forceConfig(settings, { rank }, async () => {
      const seen: number[] = [];
      for (let turn = 0; turn < 5; turn++) {
        await nextTurn();
        seen.push(readConfig(settings).rank);
      }
      return seen;
    });
  const ranks = Array.from({ length: 20 }, (_, index) => index + 1);
  const seen = await Promise.all(ranks.map(scope));
  expect(seen).toEqual(ranks.map((rank) => Array(5).fill(rank)));
  expect(readConfig(settings).rank).toBe(64);
});

test('a forced value holds under other keys, and above an environment that is given', () => {
  const seen = forceConfig(settings, { rank: 2 }, () =>
    readConfig({ ...settings, factors: settings.rank }, { FORCED_RANK: '3', FORCED_NAME: 'given' }),
  );
  expect(seen).toEqual({ rank: 2, factors: 2, name: 'given' });
});

test('within a scope the process environment is not read', () => {
  process.env['FORCED_NAME'] = 'from the shell';
  try {
    expect(readConfig(settings).name).toBe('from the shell');
    expect(forceConfig(settings, { rank: 2 }, () => readConfig(settings))).toEqual({ rank: 2, name: 'nobody' });
  } finally {
    delete process.env['FORCED_NAME'];
  }
});

test('a scope within a scope adds to it, and undefined takes a forced value back', () => {
  const inner = (values: { rank?: number | undefined }) =>
    forceConfig(settings, { rank: 2, name: 'outer' }, () => forceConfig(settings, values, () => readConfig(settings)));
  expect(inner({ rank: 3 })).toEqual({ rank: 3, name: 'outer' });
  expect(inner({ rank: undefined })).toEqual({ rank: 64, name: 'outer' });
});

test('a value outside the range, or of no setting, is refused before fn runs', () => {
  let ran = false;
  const typo = { rank: 5000, rnak: 5 };
  const refused = () => forceConfig(settings, typo, () => (ran = true));
  expect(refused).toThrow(ConfigError);
  expect(refused).toThrow('FORCED_RANK is 5000, but must be an integer from 1 to 1024');
  expect(refused).toThrow("'rnak' is forced but is not a setting here; use one of rank, name.");
  expect(ran).toBe(false);
});
