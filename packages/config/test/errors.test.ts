import { expect, test } from '@jest/globals';
import { ConfigError } from '../src/errors.js';

test('one problem is the message; several are listed', () => {
  expect(new ConfigError('CONFIG_INVALID', ['A is wrong.']).message).toBe('A is wrong.');
  expect(new ConfigError('CONFIG_INVALID', ['A is wrong.', 'B too.']).message).toBe(
    '2 problems:\n- A is wrong.\n- B too.',
  );
});
