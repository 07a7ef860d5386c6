import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { loadVisits } from '../../src/loader.js';
import type { LoaderOptions } from '../../src/compose.js';
import { defineSource } from '../../src/source/source.js';
import { keyNameOf, pseudonymKeyOf, pseudonymOf } from '../../src/source/pseudonym.js';
import { rawFolder } from '../support/raw-folder.js';

const KEY = 'a key of a test, 1234';
const NOW = new Date('2026-11-28T12:00:00Z');

const EVENTS = [
  'user,attraction,time',
  'ann,slide,2026-05-01T10:00:00Z',
  'ann,wheel,2026-05-01T10:05:00Z',
  'Jürgen O\'Hara,slide,2026-05-01T10:00:00Z',
  'ann,slide,noon',
  ',slide,2026-05-01T10:00:00Z',
  'ann,slide',
  '',
].join('\n'); // prettier-ignore

const load = (options: LoaderOptions) =>
  loadVisits(
    { visits: { type: 'csv', files: 'e.csv' } },
    { baseFolder: rawFolder({ 'e.csv': EVENTS }), now: NOW, ...options },
  );

const usersOf = ({ visits }: Awaited<ReturnType<typeof load>>) =>
  [...new Set(visits.getChild('user_id') ?? [])].map(String);

describe('pseudonyms', () => {
  test.each([
    ['a short key', KEY],
    ['a key of a block', 'k'.repeat(64)],
    ['a key longer than a block', 'lång nøgle '.repeat(20)],
  ])('are HMAC-SHA-256 as every other program makes them, by %s', async (_what, pseudonymKey) => {
    const hmac = (user: string) => createHmac('sha256', pseudonymKey).update(user).digest('hex');
    const loaded = await load({ pseudonymKey });
    expect(usersOf(loaded).sort()).toEqual([hmac('ann'), hmac("Jürgen O'Hara")].sort());
    expect(pseudonymOf(pseudonymKey, 'ann')).toBe(hmac('ann'));
  });

  test('leave everything else as it is, and nothing of an id in what was refused', async () => {
    const [plain, hidden] = [await load({}), await load({ pseudonymKey: KEY })];
    expect(hidden.tally).toEqual(plain.tally);
    expect(hidden.attractions).toEqual(plain.attractions);
    expect(hidden.rejects).toEqual(plain.rejects.map((reject) => ({ ...reject, text: '' })));
    expect(plain.rejects).toHaveLength(3);
    expect(JSON.stringify(hidden.rejects)).not.toMatch(/ann/);
  });

  test('stand for the ids of rows that a source of your own gives, too', async () => {
    const rows = defineSource({
      type: 'rows',
      options: { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } },
      probe: async () => ({ found: '', sample: [] }),
      async *visits() {
        yield { user: 'ann', attraction: 'slide', time: 1_777_629_600_000, weight: 2, event: 'visit' };
        yield { user: 'ann', attraction: '', time: 1_777_629_600_000 };
      },
    });
    const loaded = await loadVisits({ visits: { type: 'rows' } }, { sources: [rows], now: NOW, pseudonymKey: KEY });
    expect(usersOf(loaded)).toEqual([pseudonymOf(KEY, 'ann')]);
    expect(loaded.rejects).toMatchObject([{ line: 2, column: 'attraction', text: '' }]);
  });

  test('the name of a key tells keys apart, and is not the key', () => {
    expect(keyNameOf(KEY)).toMatch(/^[0-9a-f]{8}$/);
    expect(keyNameOf(`${KEY}5`)).not.toBe(keyNameOf(KEY));
  });

  test('a key that is missing or short is refused, and not repeated', () => {
    expect(pseudonymKeyOf({}, undefined)).toBeUndefined();
    expect(pseudonymKeyOf({ pseudonymKey: KEY }, true)).toBe(KEY);
    expect(() => pseudonymKeyOf({}, true)).toThrow(/PSEUDONYM_KEY is not set; .* openssl rand -hex 32/);
    expect(() => pseudonymKeyOf({ pseudonymKey: 'too short' }, true)).toThrow(/has fewer than 16 characters/);
    expect(() => pseudonymKeyOf({ pseudonymKey: 'too short' }, true)).not.toThrow(/too short/);
  });
});
