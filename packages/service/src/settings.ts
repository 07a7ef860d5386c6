import { modelsSetting } from '@attractions/models/settings';
import { flag, integer, number, sharedSettings, text } from '@attractions/config';
import type { Config } from '@attractions/config';
import { clockSettings } from '@attractions/recommender/settings';
import { PATH_GROUPS, faultOf, keysIn, originsIn, proxiesIn, visibilityOf } from './admission/access.js';

/** The settings of the service. */
export const serveSettings = {
  ...sharedSettings,
  ...clockSettings,
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
  tenantsFile: text({
    variable: 'TENANTS_FILE',
    description:
      'A file of tenants, to serve all of them: each has its feeds in a folder of its name in FEEDS_ROOT, and its paths below /v1/t/NAME. Unset: FEEDS_ROOT holds the feeds of one.',
  }),
  tenantsMemory: integer({
    variable: 'TENANTS_MEMORY',
    description:
      'Memory for the models of all tenants, which are loaded on demand. Unset: half of that of the machine or the container.',
    min: 1,
    max: 10_000_000,
    unit: 'MiB',
  }),
  models: modelsSetting,
  modelPollSeconds: number({
    variable: 'MODEL_POLL_SECONDS',
    description:
      'How often the service looks in the feeds for another model or experiment, and at the file of tenants.',
    default: 5,
    min: 0.05,
    max: 86_400,
    unit: 'seconds',
  }),
  adminToken: text({
    variable: 'ADMIN_TOKEN',
    description:
      'Token for POST /admin/rollback; without it, and without a key with the scope admin, the path does not exist.',
    secret: true,
    range: 'a text of at least 16 characters',
    fault: (token) => (token.length < 16 ? 'shorter than 16 characters' : undefined),
  }),
  apiKeys: text({
    variable: 'API_KEY_HASHES',
    description:
      'SHA-256 in hex of each key, separated by commas. A key may read lists and the catalogue; with :read+events after its hash it may also send events, with :read+history also read what is known of one user. Unset: no key is needed.',
    secret: true,
    range: 'hashes such as 9f86d081…:read+events, with some of the scopes read, events, history, admin',
    fault: (keys) => faultOf(() => keysIn(keys)),
  }),
  openPaths: text({
    variable: 'OPEN_PATHS',
    description:
      'Which of page,docs,metrics are open to everybody, or none. The others need a key, and do not exist without keys.',
    default: PATH_GROUPS.join(','),
    range: `some of ${PATH_GROUPS.join(',')}, or none`,
    fault: (paths) => faultOf(() => visibilityOf(paths, [])),
  }),
  ratePerSecond: number({
    variable: 'RATE_LIMIT',
    description:
      'Requests that one key may send, or one address where there is no key; 0.5 is one every two seconds, 0 is no limit.',
    default: 0,
    min: 0,
    max: 1_000_000,
    unit: 'requests a second',
  }),
  trustProxy: text({
    variable: 'TRUST_PROXY',
    description:
      'The number of proxies in front of the service, or their addresses and networks, separated by commas. The address of a client is then taken from x-forwarded-for. Unset: that header is ignored.',
    range: 'a number of proxies, or networks such as 10.0.0.0/8,loopback',
    fault: (proxies) => faultOf(() => proxiesIn(proxies)),
  }),
  corsOrigins: text({
    variable: 'CORS_ORIGINS',
    description:
      'Origins whose pages may send requests from a browser, separated by commas, or *; unset: only its own page.',
    range: 'origins such as https://park.example, or *',
    fault: (origins) => faultOf(() => originsIn(origins)),
  }),
  maxInFlight: integer({
    variable: 'MAX_IN_FLIGHT',
    description: 'Requests in flight above which others get status 503; above half of it, lists are the popular ones.',
    default: 1_000,
    min: 1,
    max: 1_000_000,
    unit: 'requests',
  }),
  maxDelayMs: integer({
    variable: 'MAX_DELAY_MS',
    description:
      'Delay of the event loop above which requests get status 503; above half of it, lists are the popular ones.',
    default: 500,
    min: 1,
    max: 60_000,
    unit: 'milliseconds',
  }),
  cachedLists: integer({
    variable: 'CACHED_LISTS',
    description: 'Lists cached while a generation is served, about 6 kB each; 0 turns the cache off.',
    default: 10_000,
    min: 0,
    max: 10_000_000,
    unit: 'lists',
  }),
  logExposures: flag({
    variable: 'LOG_EXPOSURES',
    description:
      'Whether lists shown are recorded in the feed serving/exposures/v1.0, from which experiments are analysed.',
    default: true,
  }),
  exposureSpool: text({
    variable: 'EXPOSURE_SPOOL',
    description:
      'Folder where lists shown wait to be committed; services may share it. Default: _spool in FEEDS_ROOT if that is a folder.',
  }),
  exposureSyncMs: integer({
    variable: 'EXPOSURE_SYNC_MS',
    description: 'How often lists shown are synced to the spool; a killed process loses those since the last sync.',
    default: 200,
    min: 10,
    max: 60_000,
    unit: 'milliseconds',
  }),
  exposureCommitSeconds: number({
    variable: 'EXPOSURE_COMMIT_SECONDS',
    description: 'How often the spool is committed to the feed.',
    default: 60,
    min: 0.05,
    max: 86_400,
    unit: 'seconds',
  }),
  logEvents: flag({
    variable: 'LOG_EVENTS',
    description: 'Whether events are taken at POST /v1/events and recorded in the feed serving/events/v1.0.',
    default: true,
  }),
  eventSpool: text({
    variable: 'EVENT_SPOOL',
    description:
      'Folder where events wait to be committed; services may share it. Default: _events in FEEDS_ROOT if that is a folder.',
  }),
  eventCommitSeconds: number({
    variable: 'EVENT_COMMIT_SECONDS',
    description: 'How often events are committed to the feed.',
    default: 60,
    min: 0.05,
    max: 86_400,
    unit: 'seconds',
  }),
  eventIdDays: number({
    variable: 'EVENT_ID_DAYS',
    description: 'How long an event that is sent again is known by its id, and left out of the feed.',
    default: 7,
    min: 0.01,
    max: 3_650,
    unit: 'days',
  }),
  otlpEndpoint: text({
    variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    description:
      'URL of an OpenTelemetry collector that accepts traces over HTTP, such as http://localhost:4318. Unset: no traces.',
  }),
  drainMs: integer({
    variable: 'DRAIN_MS',
    description: 'How long the service still answers after a signal; it ends earlier once no requests come.',
    default: 2_000,
    min: 0,
    max: 600_000,
    unit: 'milliseconds',
  }),
};

/** The values of {@link serveSettings}. */
export type ServeConfig = Config<typeof serveSettings>;
