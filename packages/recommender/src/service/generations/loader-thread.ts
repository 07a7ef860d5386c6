/** The thread of `loader.ts`: loads one generation, sends it, ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { openFeeds } from '@attractions/feeds';
import { loadGeneration } from '../../generation/load.js';
import { stepBack } from '../step-back.js';
import type { Loaded, LoadOrder } from './loader.js';
import { packed } from './parcel.js';

const { root, model, behindAnswers } = workerData as LoadOrder;

if (behindAnswers) stepBack();

try {
  const { parcel, memory } = packed(await loadGeneration(openFeeds(root), model));
  parentPort?.postMessage({ parcel } satisfies Loaded, memory);
} catch (error) {
  const { code, exitCode, message } = error as { code?: string; exitCode?: number; message: string };
  parentPort?.postMessage({ fault: { code, exitCode, message } } satisfies Loaded);
}
