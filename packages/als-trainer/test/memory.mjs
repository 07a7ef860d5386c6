// Peak resident memory of a training of so many pairs, as JSON. node memory.mjs PAIRS
import { trainAls } from '../dist/index.js';

const pairs = Number(process.argv[2]);
const [userCount, itemCount] = [20_000, 5_000];
// No pair repeats: user and item run through their ranges, whose lengths share no factor with the strides.
const users = Uint32Array.from({ length: pairs }, (_, k) => k % userCount);
const items = Uint32Array.from({ length: pairs }, (_, k) => (Math.floor(k / userCount) * 7 + k) % itemCount);
await trainAls(
  { userCount, itemCount, users, items, weights: new Float32Array(pairs).fill(1) },
  { rank: 16, iterations: 1 },
  { threads: 1 },
);
process.stdout.write(JSON.stringify({ peakBytes: process.resourceUsage().maxRSS * 1024 }));
