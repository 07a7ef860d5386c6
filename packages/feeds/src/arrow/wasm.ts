import { readFile } from 'node:fs/promises';

import type * as parquetWasm from 'parquet-wasm/esm';

/** The functions of one instance of parquet-wasm. */
export type ParquetWasm = typeof parquetWasm;

/** The part of WebAssembly that is used here: TypeScript declares it with the browser's library only. */
const { WebAssembly: compiler } = globalThis as { WebAssembly?: { compile(bytes: Uint8Array): Promise<object> } };

let instance: Promise<ParquetWasm> | undefined;
let instances = 0;

/**
 * Runs `action` on an instance of parquet-wasm, made at the first call: 5 MB are compiled beside the main thread, which
 * takes about 0.1 s. After an error the instance is given up, since a trap may leave its memory in any state; the next
 * call gets a new one.
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

/** The query makes it another module with a memory of its own; the package has no other way to make a second instance. */
async function instantiate(): Promise<ParquetWasm> {
  const bytes = readFile(new URL(import.meta.resolve('parquet-wasm/esm/parquet_wasm_bg.wasm')));
  const wasm: ParquetWasm = await import(`${import.meta.resolve('parquet-wasm/esm')}?instance=${instances++}`);
  if (compiler === undefined) throw new TypeError('This Node has no WebAssembly (--jitless), and Parquet needs it.');
  // Given bytes, the package would ask whether they are a Response, for which Node loads its whole client of HTTP.
  wasm.initSync({ module: await compiler.compile(await bytes) });
  return wasm;
}

/**
 * Compiles the Parquet WASM, beside the main thread, for which the first put or read of a table would otherwise wait 0.1 s. For a program that has
 * something else to do meanwhile. May be left out, called again, or fail: who needs it says so.
 */
export async function preloadParquet(): Promise<void> {
  await withParquetWasm(() => undefined).catch(() => undefined);
}
