import { integer, sharedSettings, text } from '@attractions/config';
import type { Config } from '@attractions/config';

/** The settings of the service. */
export const serveSettings = {
  ...sharedSettings,
  host: text({
    variable: 'HOST',
    description: 'Address on which the service listens; 0.0.0.0 is every IPv4 address of the machine.',
    default: '127.0.0.1',
  }),
  port: integer({
    variable: 'PORT',
    description: 'Port on which the service listens; 0 takes any free one.',
    default: 3000,
    min: 0,
    max: 65_535,
  }),
};

/** The values of {@link serveSettings}. */
export type ServeConfig = Config<typeof serveSettings>;
