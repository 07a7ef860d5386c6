/** The thread of `loader.ts`: loads one generation, sends it, ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { openFeeds } from '@attractions/feeds';
import { loadGeneration } from '../../generation/load.js';
import { stepBack } from '../step-back.js';
import type { Loaded } from './loader.js';

const { root, model } = workerData as { readonly root: string; readonly model: number };

stepBack();

async function load(): Promise<Loaded> {
  try {
    return { generation: await loadGeneration(openFeeds(root), model) };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return { fault: { ...(code !== undefined && { code }), message } };
  }
}

parentPort?.postMessage(await load());
