import { choice, text } from './setting.js';

/** Log levels, from the most to the least talkative. */
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
