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
const { user, system } = process.cpuUsage();
const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify({ seconds, processor: (user + system) / 1e6, visits, read, peakMb }));
