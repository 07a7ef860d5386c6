import { expect, test } from '@jest/globals';
import { createLogger } from '@attractions/config';

import { peopleStream } from '../src/output.js';

function said(log: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  log(createLogger({ level: 'info', name: 'etl', destination: peopleStream({ write: (more) => (text += more) }) }));
  return text;
}

test('a person reads the sentence of an info line, without its figures', () => {
  expect(said((logger) => logger.info({ rows: 3 }, 'Read 3 lines.'))).toBe('Read 3 lines.\n');
});

test('a warning brings its figures, a list one line each', () => {
  expect(said((logger) => logger.warn({ rejects: 2, first: ['a.csv:2', 'a.csv:7'] }, 'Some lines were refused.'))).toBe(
    'warn: Some lines were refused.\n  rejects: 2\n  first: \n    a.csv:2\n    a.csv:7\n',
  );
});
