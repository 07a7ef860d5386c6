import { expect, test } from '@jest/globals';

import { withParquetWasm } from '../../src/arrow/wasm.js';

test('an instance is kept while it works, and given up after an error', async () => {
  const memory = () => withParquetWasm((wasm) => wasm.wasmMemory());
  const first = await memory();
  expect(await memory()).toBe(first);
  await expect(withParquetWasm((wasm) => wasm.readParquet(new Uint8Array(3)))).rejects.toThrow();
  const second = await memory();
  expect(second).not.toBe(first);
  expect(await memory()).toBe(second);
});

test('an instance whose call failed is given up though others wait for it', async () => {
  const first = await withParquetWasm((wasm) => wasm.wasmMemory());
  const failed = withParquetWasm(() => {
    throw new Error('a trap');
  });
  await expect(failed).rejects.toThrow('a trap');
  const [one, two] = await Promise.all([0, 1].map(() => withParquetWasm((wasm) => wasm.wasmMemory())));
  expect(one).toBe(two);
  expect(one).not.toBe(first);
});

test('tables leave nothing behind in the memory of the WASM', async () => {
  const { tableToIPC } = await import('apache-arrow');
  const { visitsTable } = await import('../support/samples.js');
  const rows = Array.from({ length: 2_000 }, (_, i) => ({
    user_id: `user-${i}`,
    attraction_id: 'p:1',
    visited_at: i,
    photos: 1,
  }));
  const stream = tableToIPC(visitsTable(rows), 'stream');
  const sizeAfter = (rounds: number) =>
    withParquetWasm((wasm) => {
      for (let round = 0; round < rounds; round++) {
        const bytes = wasm.writeParquet(wasm.Table.fromIPCStream(stream), new wasm.WriterPropertiesBuilder().build());
        wasm.readParquet(bytes).intoIPCStream();
      }
      return new Uint8Array(wasm.wasmMemory().buffer).length;
    });
  const settled = await sizeAfter(5);
  expect(await sizeAfter(40)).toBe(settled);
});
