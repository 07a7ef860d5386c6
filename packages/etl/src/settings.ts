import { choice, flag, integer, number, readConfig, sharedSettings, text, sparkRemote } from '@attractions/config';
import type { Config } from '@attractions/config';

/** The settings of this stage. */
export const etlSettings = {
  ...sharedSettings,
  rawDataPath: text({
    variable: 'RAW_DATA_PATH',
    description: 'The folder of the raw files; they may lie at any depth in it. Needed by whatever reads raw files.',
  }),
  maxRejectShare: number({
    variable: 'MAX_REJECT_SHARE',
    description: 'The share of the visit lines that may be refused; above it, nothing is committed.',
    default: 0.05,
    min: 0,
    max: 1,
  }),
  sequenceGapHours: number({
    variable: 'SEQUENCE_GAP_HOURS',
    description: "Where a file has no travel sequences: so long a gap between a user's photos starts a new one.",
    default: 8,
    min: 0.01,
    max: 8_760,
    unit: 'hours',
  }),
  engine: choice({
    variable: 'ENGINE',
    description: 'What computes visits and attractions: the embedded DuckDB, or a server that speaks Spark Connect.',
    choices: ['duckdb', 'spark'],
    default: 'duckdb',
  }),
  sparkRemote,
  etlMemoryMb: integer({
    variable: 'ETL_MEMORY_MB',
    description: 'What the embedded DuckDB may hold in memory; the rest goes to the folder for temporary files.',
    default: 800,
    min: 100,
    max: 1_000_000,
    unit: 'MB',
  }),
  pseudonymKey: text({
    variable: 'PSEUDONYM_KEY',
    description:
      'The key of the pseudonyms that stand for user ids where the configuration file has `pseudonymize: true`; 16 characters at least.',
    secret: true,
  }),
  describeFrames: flag({
    variable: 'DESCRIBE_FRAMES',
    description: 'Log the first rows and a summary of every frame; slow, for finding out what went wrong.',
    default: false,
  }),
};

/** The values of {@link etlSettings}. */
export type EtlConfig = Config<typeof etlSettings>;

/** A variable that an option names, so that what it holds is in no file; undefined where it is not set. */
export function secretIn(variable: string): string | undefined {
  return readConfig({ secret: text({ variable, description: 'What an option of a source names.', secret: true }) })
    .secret;
}
