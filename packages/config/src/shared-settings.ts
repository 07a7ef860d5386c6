import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

import { choice, text } from './setting.js';

/** Log levels, from the most to the least detailed. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** How much is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The settings that every stage has; a stage spreads them into its own: `{ ...sharedSettings, rank }`. */
export const sharedSettings = {
  feedsRoot: text({
    variable: 'FEEDS_ROOT',
    description:
      'Where the feeds are: a folder, a file:// URL, s3://bucket/prefix, or memory: for feeds that end with the process.',
    default: './feeds',
  }),
  logLevel: choice({
    variable: 'LOG_LEVEL',
    description: 'The least severe log line that is written to stderr.',
    choices: LOG_LEVELS,
    default: 'info',
  }),
};

/** The address of Spark, for the stages that may work on it: each puts it among its own settings. */
export const sparkRemote = text({
  variable: 'SPARK_REMOTE',
  description: 'The Spark Connect server: sc://host:15002, with a token sc://host:443/;token=…',
  secret: true,
});

/** How a logger writes. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** Name of the program, on every line: `etl`. */
  readonly name?: string;
  /** Where the lines go; default: stderr, since stdout belongs to results. */
  readonly destination?: DestinationStream;
}

/**
 * A pino logger: one JSON object a line, with the level as a word and the time in ISO 8601 (UTC). Lines to stderr are
 * written synchronously, so none is lost when the process exits. Made by an app or a driver and passed on.
 */
export function createLogger({ level, name, destination }: LoggerOptions): Logger {
  const options = {
    level,
    ...(name === undefined ? {} : { name }),
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return pino(options, destination ?? pino.destination({ dest: 2, sync: true }));
}
