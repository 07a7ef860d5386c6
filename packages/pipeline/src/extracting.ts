/** What reads raw data. Commands load it when they are run, so that the others start without it. */
export {
  configText,
  EtlError,
  guessSources,
  judgeAttractions,
  judgeVisits,
  lookAtPaths,
  probeSources,
  pseudonymKeyOf,
  runEtl,
} from '@attractions/etl';
export { recorded } from './recorded.js';
export { withSampleData } from './sample-data.js';
