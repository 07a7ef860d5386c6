import { parseEnv } from 'node:util';
import { expect, test } from '@jest/globals';
import { describeSettings } from '../src/describe.js';
import { flag, integer, text } from '../src/setting.js';
import { readConfig } from '../src/read.js';
import { sharedSettings } from '../src/shared-settings.js';

const settings = {
  rank: integer({
    variable: 'RANK',
    description: 'Factors of a user.',
    default: 64,
    min: 1,
    max: 1024,
    unit: 'factors',
  }),
  greeting: text({ variable: 'GREETING', description: 'Said first.', default: "it's # 1 here" }),
  label: text({ variable: 'LABEL', description: 'Shown on charts.', default: 'two words' }),
  debug: flag({ variable: 'DEBUG', description: 'Say more.' }),
  token: text({ variable: 'TOKEN', description: 'Of the store.', required: true, secret: true }),
  pin: text({ variable: 'PIN', description: 'Of the door.', default: '1234', secret: true }),
};

test('a section of .env.example: description, range, default; commented out unless required', () => {
  expect(describeSettings(settings)).toBe(
    [
      '# Factors of a user.',
      '# An integer from 1 to 1024 (factors). Default: 64.',
      '# RANK=64',
      '',
      '# Said first.',
      `# A text. Default: "it's # 1 here".`,
      `# GREETING="it's # 1 here"`,
      '',
      '# Shown on charts.',
      "# A text. Default: 'two words'.",
      "# LABEL='two words'",
      '',
      '# Say more.',
      '# True, false, 1 or 0. Optional.',
      '# DEBUG=',
      '',
      '# Of the store.',
      '# A text. Required.',
      'TOKEN=',
      '',
      '# Of the door.',
      '# A text. Default: not shown.',
      '# PIN=',
      '',
    ].join('\n'),
  );
});

test('uncommented, the section is a .env that reads as the defaults', () => {
  const { rank, greeting, label, debug } = settings;
  const optional = { ...sharedSettings, rank, greeting, label, debug };
  const uncommented = describeSettings(optional).replace(/^# (?=[A-Z_]+=)/gm, '');
  expect(Object.keys(parseEnv(uncommented))).toHaveLength(6);
  expect(readConfig(optional, parseEnv(uncommented))).toEqual(readConfig(optional, {}));
});
