import { EtlError } from '../errors.js';
import { duckDbEngine } from './duckdb.js';
import type { Engine } from './engine.js';
import { sparkEngine } from './spark.js';

/** Which engine runs frames, as the settings ENGINE, SPARK_REMOTE and ETL_MEMORY_MB have it. */
export interface EngineSettings {
  /** Default: `duckdb`. */
  readonly engine?: 'duckdb' | 'spark';
  /** `sc://host:port/;token=…`; needed for Spark. */
  readonly sparkRemote?: string | undefined;
  /** What the embedded DuckDB may hold in memory; Spark has it prepare files. Default: four fifths of the machine's. */
  readonly etlMemoryMb?: number | undefined;
}

/**
 * The engine that settings name. It starts at the first query, and is to be closed.
 * @throws EtlError ETL_OPTIONS_INVALID where Spark has no address.
 */
export function engineOf({ engine = 'duckdb', sparkRemote: remote, etlMemoryMb }: EngineSettings): Engine {
  const memory = etlMemoryMb === undefined ? {} : { memoryLimitMb: etlMemoryMb };
  if (engine === 'duckdb') return duckDbEngine(memory);
  if (remote === undefined)
    throw new EtlError(
      'ETL_OPTIONS_INVALID',
      'ENGINE is spark, but SPARK_REMOTE is not set; give the address of a Spark Connect server, such as sc://127.0.0.1:15002.',
    );
  return sparkEngine({ remote, ...memory });
}
