import { readFile } from 'node:fs/promises';

import type * as parquetWasm from 'parquet-wasm/esm';

/** The functions of one instance of parquet-wasm. */
export type ParquetWasm = typeof parquetWasm;

/** The part of WebAssembly that is used here; TypeScript declares it only in the library for browsers. */
const { WebAssembly: compiler } = globalThis as { WebAssembly?: { compile(bytes: Uint8Array): Promise<object> } };

let instance: Promise<ParquetWasm> | undefined;
let instances = 0;

/**
 * Runs `action` on an instance of parquet-wasm, made at the first call: 5 MB are compiled outside the main thread, which takes about
 * 0.1 s. After an error the instance is not used again, since a trap may leave its memory in any state; the next call makes a new one.
 */
export async function withParquetWasm<R>(action: (wasm: ParquetWasm) => R | Promise<R>): Promise<R> {
  instance ??= instantiate();
  const used = instance;
  try {
    return await action(await used);
  } catch (cause) {
    if (instance === used) instance = undefined;
    throw cause;
  }
}

/** The query in the URL makes it another module with its own memory: the package has no other way to make a second instance. */
async function instantiate(): Promise<ParquetWasm> {
  const bytes = readFile(new URL(import.meta.resolve('parquet-wasm/esm/parquet_wasm_bg.wasm')));
  const wasm: ParquetWasm = await import(`${import.meta.resolve('parquet-wasm/esm')}?instance=${instances++}`);
  if (compiler === undefined) throw new TypeError('This Node has no WebAssembly (--jitless), and Parquet needs it.');
  // Given bytes, the package would check whether they are a Response, and Node would load its whole HTTP client.
  wasm.initSync({ module: await compiler.compile(await bytes) });
  return wasm;
}
