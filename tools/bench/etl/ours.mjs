// node ours.mjs CSV FEEDS_ROOT MEMORY_MB
import { runEtl } from '../../../packages/etl/dist/index.js';

const [files, feedsRoot, memory] = process.argv.slice(2);
const logger = { info: () => undefined, warn: () => undefined };
const config = {
  rawDataPath: 'unused',
  maxRejectShare: 0.05,
  sequenceGapHours: 8,
  describeFrames: false,
  etlMemoryMb: Number(memory),
  feedsRoot,
};
const columns = { user: 'user', attraction: 'item', time: 'ts' };
const { seconds, visits, read } = await runEtl(config, { logger, from: { visits: { type: 'csv', files, columns } } });
console.log(JSON.stringify({ seconds, visits, read, peakMb: Math.round(process.resourceUsage().maxRSS / 1024) }));
