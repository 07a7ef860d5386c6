import { integer, sharedSettings, text } from '@attractions/config';
import type { Config } from '@attractions/config';
import { modelsSetting } from '@attractions/models/settings';
import { timeZonesIn } from './answers/park-clocks.js';
import { DEFAULT_LIMIT, MAX_LIMIT } from './answers/recommender.js';

// For command lines, which load this module before the rest of the package.
export { DEFAULT_LIMIT, MAX_LIMIT, visitOf } from './answers/recommender.js';

/** The settings of everything that answers requests: the lists of all users, the service. */
export const clockSettings = {
  parkTimeZones: text({
    variable: 'PARK_TIME_ZONES',
    description:
      'Time zones of the park clocks, such as north=Europe/Berlin,south=America/New_York; a zone without a park is for all other parks. Unset: UTC.',
    range: 'IANA time zones by park, such as north=Europe/Berlin,America/New_York',
    fault: (zones) => {
      try {
        return void timeZonesIn(zones);
      } catch (error) {
        return (error as Error).message.slice(0, -1);
      }
    },
  }),
};

/** The settings of this stage. */
export const recommendSettings = {
  ...sharedSettings,
  models: modelsSetting,
  ...clockSettings,
  listsLimit: integer({
    variable: 'LISTS_LIMIT',
    description: 'Longest list when lists are made for all users.',
    default: DEFAULT_LIMIT,
    min: 1,
    max: MAX_LIMIT,
    unit: 'entries',
  }),
  listsPark: text({
    variable: 'LISTS_PARK',
    description: 'The park that the lists of all users are for. Unset: all parks.',
  }),
  listsAt: text({
    variable: 'LISTS_AT',
    description:
      'When the lists of all users will be read, such as 2026-08-05T09:00 on the clock of the park, or with an offset. Unset: when they are made.',
  }),
  listsThreads: integer({
    variable: 'LISTS_THREADS',
    description:
      'Threads that make the lists of all users. The lists are the same for any number. Unset: one for each core.',
    min: 1,
    max: 64,
    unit: 'threads',
  }),
};

/** What `runRecommend` is configured with. */
export type RecommendConfig = Config<typeof recommendSettings>;
