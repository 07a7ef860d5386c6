import { withParquetWasm } from './wasm.js';

/**
 * Loads Arrow and compiles the Parquet WASM, which the first put or read of a table would otherwise wait for, about 0.2 s. For a
 * program that has something else to wait for meanwhile. May be left out, called again, or fail: who needs them says so.
 */
export async function preloadParquet(): Promise<void> {
  await Promise.allSettled([import('./index.js'), withParquetWasm(() => undefined)]);
}
