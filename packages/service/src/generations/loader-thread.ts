/** The thread of `loader.ts`: loads one generation, sends one piece of it for each message, and ends. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { openFeeds } from '@attractions/feeds';
import { BUILT_IN_KINDS, kindsNamed, loadGeneration, memoryOf, packed } from '@attractions/models';
import { ownKindsIn } from '@attractions/models/config-file';
import { stepBack } from '../step-back.js';
import type { Loaded, LoadOrder } from './loader.js';

const { root, model, kinds, configFile, behindAnswers } = workerData as LoadOrder;
const port = parentPort;

if (behindAnswers) stepBack();

const send = (message: Loaded, memory: readonly ArrayBuffer[] = []) => port?.postMessage(message, memory);

try {
  const chosen = kindsNamed(kinds, [...(await ownKindsIn(configFile)), ...BUILT_IN_KINDS]);
  const { frame, pieces } = packed(await loadGeneration(openFeeds(root), model, chosen));
  send({ frame, pieces: pieces.length });
  for (const piece of pieces) {
    if (port) await once(port, 'message');
    send({ piece }, memoryOf(piece));
  }
} catch (error) {
  const { code, exitCode, message } = error as { code?: string; exitCode?: number; message: string };
  send({ fault: { code, exitCode, message } });
}
