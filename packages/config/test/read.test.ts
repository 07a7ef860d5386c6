import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { choice, flag, integer, number, text } from '../src/setting.js';
import { ConfigError } from '../src/errors.js';
import { readConfig } from '../src/read.js';
import type { Environment } from '../src/read.js';
import type { Settings } from '../src/setting.js';

const rank = integer({ variable: 'RANK', description: 'Factors.', default: 64, min: 1, max: 1024, unit: 'factors' });
const share = number({ variable: 'SHARE', description: 'Share.', default: 0.05, min: 0, max: 1 });
const solver = choice({ variable: 'SOLVER', description: 'Solver.', choices: ['fast', 'exact'], default: 'fast' });
const debug = flag({ variable: 'DEBUG', description: 'Debug.', default: false });
const note = text({ variable: 'NOTE', description: 'Note.' });
const token = text({ variable: 'TOKEN', description: 'Token.', required: true, secret: true });

function problemsOf(settings: Settings, env: Environment): readonly string[] {
  try {
    readConfig(settings, env);
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'CONFIG_INVALID') return error.problems;
    throw error;
  }
  return [];
}

test('reads each kind, and takes the default of what is unset or empty', () => {
  const settings = { rank, share, solver, debug, note };
  expect(
    readConfig(settings, { RANK: '12', SHARE: '1e-3', SOLVER: 'exact', DEBUG: '1', NOTE: ' as it stands ' }),
  ).toEqual({
    rank: 12,
    share: 0.001,
    solver: 'exact',
    debug: true,
    note: ' as it stands ',
  });
  expect(readConfig(settings, { RANK: '', OTHER: 'not ours' })).toEqual({
    rank: 64,
    share: 0.05,
    solver: 'fast',
    debug: false,
    note: undefined,
  });
});

test('types say which values are always there', () => {
  const config = readConfig({ rank, solver, note, token }, { TOKEN: 'x' });
  const always: number = config.rank;
  const word: 'fast' | 'exact' = config.solver;
  const required: string = config.token;
  // @ts-expect-error A setting with neither a default nor `required: true` may be undefined.
  const perhaps: string = config.note;
  expect([always, word, required, perhaps]).toEqual([64, 'fast', 'x', undefined]);
});

test('the configuration is frozen', () => {
  const config = readConfig({ rank }, {});
  expect(Object.isFrozen(config)).toBe(true);
  expect(() => Object.assign(config, { rank: 1 })).toThrow(TypeError);
});

test.each([
  ' 12',
  '12 ',
  '1e3',
  '0x10',
  '12abc',
  'NaN',
  'Infinity',
  '1.0',
  '+1',
  '007',
  '1_000',
  '-0',
  '9007199254740993',
])('an integer is not %j', (given) => {
  const any = integer({ variable: 'ANY', description: 'Any integer.', default: 0 });
  expect(problemsOf({ any }, { ANY: given })).toHaveLength(1);
});

test.each([' 1', '1,5', '1.', '0x10', '1e999', 'NaN', 'Infinity', 'one'])('a number is not %j', (given) => {
  const any = number({ variable: 'ANY', description: 'Any number.', default: 0 });
  expect(problemsOf({ any }, { ANY: given })).toHaveLength(1);
});

test.each(['TRUE', 'yes', 'on', '2', ' true'])('a flag is not %j', (given) => {
  expect(problemsOf({ debug }, { DEBUG: given })).toHaveLength(1);
});

test('a flag takes true, false, 1 and 0', () => {
  const read = (given: string) => readConfig({ debug }, { DEBUG: given }).debug;
  expect(['true', '1', 'false', '0'].map(read)).toEqual([true, true, false, false]);
});

test('every problem is named at once: variable, value, range with unit, fix', () => {
  const env = { RANK: '5000', SHARE: 'half', SOLVER: 'Fast', DEBUG: 'no' };
  expect(problemsOf({ rank, share, solver, debug, token }, env)).toEqual([
    'RANK is "5000", but must be an integer from 1 to 1024 (factors); correct it, or unset it for its default, 64.',
    'SHARE is "half", but must be a number from 0 to 1; correct it, or unset it for its default, 0.05.',
    'SOLVER is "Fast", but must be one of fast, exact; correct it, or unset it for its default, fast.',
    'DEBUG is "no", but must be true, false, 1 or 0; correct it, or unset it for its default, false.',
    'TOKEN is not set; set it to a text.',
  ]);
});

test('the value of a secret is in no message', () => {
  const pin = integer({ variable: 'PIN', description: 'Pin.', default: 1234, secret: true });
  const [problem] = problemsOf({ pin }, { PIN: 'hunter2' });
  expect(problem).toBe(
    'PIN is set to a value that is not shown, but must be an integer; correct it, or unset it for its default.',
  );
});

test('an integer in the range round-trips; one outside is refused', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      const wide = integer({ variable: 'WIDE', description: 'Any.', required: true });
      expect(readConfig({ wide }, { WIDE: String(value) }).wide).toBe(value);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: -2000, max: 2000 }), (value) => {
      const problems = problemsOf({ rank }, { RANK: String(value) });
      expect(problems).toHaveLength(value >= 1 && value <= 1024 ? 0 : 1);
    }),
  );
});

test('a finite number round-trips', () => {
  const any = number({ variable: 'ANY', description: 'Any.', required: true });
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(readConfig({ any }, { ANY: String(value) }).any === value).toBe(true);
    }),
  );
});
