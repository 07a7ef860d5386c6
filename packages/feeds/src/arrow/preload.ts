import { withParquetWasm } from './wasm.js';

/**
 * Compiles the Parquet WASM outside the main thread, for which the first put or read of a table would otherwise wait 0.1 s. For a program that
 * has something else to do in the meantime. Calling it is optional. It never throws: the put or read that needs the WASM does.
 *
 * In a file of its own: the types of parquet-wasm, which those of `wasm.ts` name, need the library of a browser, and a user's compiler would read them.
 */
export async function preloadParquet(): Promise<void> {
  await withParquetWasm(() => undefined).catch(() => undefined);
}
