import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { STORES } from '../support/stores.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (found: Uint8Array | undefined) => found && new TextDecoder().decode(found);

describe.each(STORES)('the %s store', (_name, open) => {
  test('has nothing where nothing was put', async () => {
    const store = open();
    expect(await store.read('a/b')).toBeUndefined();
    expect(await store.stat('a/b')).toBeUndefined();
    expect(await store.children('')).toEqual([]);
    expect(await store.children('a')).toEqual([]);
    await expect(store.remove('a/b')).resolves.toBeUndefined();
  });

  test('gives back what was written, and refuses to write over it', async () => {
    const store = open();
    await store.write('a/b/c', bytes('one'));
    expect(text(await store.read('a/b/c'))).toBe('one');
    expect(await store.stat('a/b/c')).toEqual({ bytes: 3, modifiedMs: expect.any(Number) });
    await expect(store.write('a/b/c', bytes('two'))).rejects.toMatchObject({ code: 'FEEDS_STORE_FAILED' });
    expect(text(await store.read('a/b/c'))).toBe('one');
  });

  test('puts only if absent', async () => {
    const store = open();
    expect(await store.putIfAbsent('a/b', bytes('first'))).toBe(true);
    expect(await store.putIfAbsent('a/b', bytes('second'))).toBe(false);
    expect(text(await store.read('a/b'))).toBe('first');
    expect(await store.children('a')).toEqual(['b']);
  });

  test('lets exactly one of many writers win, whose bytes are there whole', async () => {
    const store = open();
    const entries = Array.from({ length: 32 }, (_, racer) => String(racer).repeat(5_000));
    const won = await Promise.all(entries.map((entry) => store.putIfAbsent('race', bytes(entry))));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(text(await store.read('race'))).toBe(entries[won.indexOf(true)]);
    expect(await store.children('')).toEqual(['race']);
  });

  test('overwrites, removes, and lists one folder at a time', async () => {
    const store = open();
    await store.overwrite('hint', bytes('1'));
    await store.overwrite('hint', bytes('2'));
    expect(text(await store.read('hint'))).toBe('2');
    await store.write('folder/deep/file', bytes('x'));
    await store.write('folder/file', bytes('y'));
    expect(await store.children('')).toEqual(['folder/', 'hint']);
    expect(await store.children('folder')).toEqual(['deep/', 'file']);
    await store.remove('hint');
    expect(await store.read('hint')).toBeUndefined();
    expect(await store.stat('folder')).toBeUndefined();
  });

  test('keeps its bytes from its callers', async () => {
    const store = open();
    const given = bytes('abc');
    await store.write('a', given);
    given.fill(0);
    (await store.read('a'))?.fill(0);
    expect(text(await store.read('a'))).toBe('abc');
  });

  test('keeps any bytes', async () => {
    const store = open();
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (content) => {
        const path = `any/${n++}`;
        await store.putIfAbsent(path, content);
        expect(Buffer.from((await store.read(path)) ?? [])).toEqual(Buffer.from(content));
      }),
      { numRuns: 20 },
    );
  });
});
