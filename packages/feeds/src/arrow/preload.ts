import { withParquetWasm } from './wasm.js';

/**
 * Compiles the Parquet WASM, beside the main thread, for which the first put or read of a table would otherwise wait 0.1 s. For a program that has
 * something else to do meanwhile. May be left out, called again, or fail: who needs it says so.
 */
export async function preloadParquet(): Promise<void> {
  await withParquetWasm(() => undefined).catch(() => undefined);
}
