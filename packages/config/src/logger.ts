import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { LogLevel } from './base-settings.js';

/** What a logger is made of. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** Who speaks: `etl`, `recommender`. On every line. */
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
