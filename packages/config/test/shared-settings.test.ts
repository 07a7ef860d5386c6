import { expect, test } from '@jest/globals';
import { LOG_LEVELS, createLogger } from '../src/shared-settings.js';
import type { LogLevel } from '../src/shared-settings.js';

function linesOf(level: LogLevel): unknown[] {
  const lines: unknown[] = [];
  const destination = { write: (line: string) => lines.push(JSON.parse(line)) };
  const logger = createLogger({ level, name: 'etl', destination });
  logger.debug({ rows: 3 }, 'kept');
  logger.warn('odd');
  return lines;
}

test('one JSON object a line: level as a word, time in UTC, name, fields, message', () => {
  const [kept, odd] = linesOf('debug');
  const time = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
  expect(kept).toMatchObject({ level: 'debug', time, name: 'etl', rows: 3, msg: 'kept' });
  expect(odd).toMatchObject({ level: 'warn', msg: 'odd' });
});

test.each(LOG_LEVELS)('level %s holds back what is less severe', (level) => {
  const severity = LOG_LEVELS.indexOf(level);
  const expected = ['debug', 'warn'].filter((word) => LOG_LEVELS.findIndex((known) => known === word) >= severity);
  expect(linesOf(level)).toHaveLength(expected.length);
});
