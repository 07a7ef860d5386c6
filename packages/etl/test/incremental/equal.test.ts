import { expect, test } from '@jest/globals';
import { openFeeds } from '@attractions/feeds';
import { writtenVisits } from '@attractions/contracts';
import fc from 'fast-check';
import { contentOf, csvOf, csvProject } from '../support/csv-project.js';
import type { Line } from '../support/csv-project.js';

/** Few users, items and hours, so that new lines meet old ones; some lines are bad, and some lie far in the future. */
const linesWith = (more: readonly fc.Arbitrary<string>[]): fc.Arbitrary<Line[]> =>
  fc.array(
    fc.record({
      user: fc.constantFrom('u1', 'u2', 'u3', 'ü4', ''),
      item: fc.constantFrom('a', 'b', 'c', 'Z', ''),
      hours: fc.oneof(
        { weight: 20, arbitrary: fc.integer({ min: 0, max: 60 }) },
        { weight: 1, arbitrary: fc.constantFrom(-1, 9e6) },
      ),
      more: fc.tuple(...more),
    }),
    { maxLength: 12 },
  );

type Change =
  | { readonly do: 'write'; readonly file: number; readonly lines: readonly Line[] }
  | { readonly do: 'remove' | 'touch'; readonly file: number }
  | { readonly do: 'gap'; readonly hours: number }
  | { readonly do: 'items'; readonly count: number }
  | { readonly do: 'nothing' };

const changesOf = (lines: fc.Arbitrary<Line[]>): fc.Arbitrary<Change[]> =>
  fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.record({ do: fc.constant('write' as const), file: fc.nat(7), lines }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constantFrom('remove' as const, 'touch' as const), file: fc.nat(7) }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('gap' as const), hours: fc.constantFrom(3, 8) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('items' as const), count: fc.integer({ min: 1, max: 4 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('nothing' as const) }) },
    ),
    { minLength: 3, maxLength: 7 },
  );

const KINDS = [
  ['users, items and times', {}, 'user,item,ts', []],
  ['attractions of their own', { attractions: true }, 'user,item,ts', []],
  ['parks', { columns: { park: 'park' } }, 'user,item,ts,park', [fc.constantFrom('p', 'q', '')]],
  ['sequences', { columns: { sequence: 'seq' } }, 'user,item,ts,seq', [fc.constantFrom('1', '2', '')]],
  [
    'weights and events',
    { columns: { weight: 'w', event: 'e' }, events: { visit: 1, left: -0.3 } },
    'user,item,ts,w,e',
    [fc.constantFrom('1', '0.1', '', 'x'), fc.constantFrom('visit', 'left', 'other')],
  ],
  [
    'photos',
    { columns: { photo: 'photo' } },
    'user,item,ts,photo',
    [fc.constantFrom('1', '2', '3', '4', '5', '6', '7')],
  ],
] as const;

test.each(KINDS)(
  'whatever is added, corrected and removed, %s come to the same as if all were read again',
  async (_, options, header, more) => {
    const read: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(changesOf(linesWith(more)), async (changes) => {
        const files = csvProject(options);
        const items = ['a', 'b', 'c', 'Z'].map((id) => `${id},Item ${id}`);
        files.write('items.csv', ['id,name', ...items, ''].join('\n'));
        const there = new Set<string>();
        const store = openFeeds('memory:');
        let gapHours = 8;
        const first: Change = {
          do: 'write',
          file: 3,
          lines: [{ user: 'u1', item: 'a', hours: 9, more: more.map(() => '1') }],
        };
        for (const change of [first, ...changes]) {
          const name = `events/${'file' in change ? change.file : ''}.csv`;
          if (change.do === 'write') {
            files.write(name, csvOf(change.lines, header));
            there.add(name);
          }
          if (change.do === 'remove' && there.size > 1 && there.delete(name)) files.remove(name);
          if (change.do === 'touch' && there.has(name)) files.touch(name);
          if (change.do === 'gap') gapHours = change.hours;
          if (change.do === 'items')
            files.write('items.csv', ['id,name', ...items.slice(0, change.count), ''].join('\n'));
          const whole = openFeeds('memory:');
          const expected = await files.run(whole, { gapHours, full: true }).catch(({ code }) => code);
          const found = await files.run(store, { gapHours }).catch(({ code }) => code);
          if (typeof expected === 'string') {
            expect(found).toBe(expected);
            continue;
          }
          const { feeds, seconds, unchanged, read: what, ...counts } = found;
          void [feeds, seconds, unchanged];
          read[what] = (read[what] ?? 0) + 1;
          expect(expected).toMatchObject(counts);
          expect(await contentOf(store)).toEqual(await contentOf(whole));
        }
        expect((await store.feed(writtenVisits).verify()).findings).toEqual([]);
        expect((await files.run(store, { gapHours }).catch(() => ({ read: 'nothing' }))).read).toBe('nothing');
      }),
      { numRuns: 4 },
    );
    expect(read['all']).toBeGreaterThan(0);
  },
  280_000,
);
