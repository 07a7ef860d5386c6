/** The ETL for commands. Commands import this when they run, so that other commands start without it. */
export {
  configText,
  engineOf,
  EtlError,
  guessSources,
  judgeAttractions,
  judgeVisits,
  lookAtPaths,
  probeSources,
  pseudonymKeyOf,
} from '@attractions/etl';
export { extract } from './run-through-feeds.js';
export { recorded } from './recorded.js';
export { withSampleData } from './sample-data.js';
