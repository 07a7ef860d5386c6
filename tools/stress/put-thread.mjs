/**
 * A thread that commits generations, so that writing Parquet does not delay the clock of the client. It simulates a trainer on another machine, so it has a
 * lower priority than client and service (Linux). Takes `[folder, edition, sizes]`, returns the number of the update.
 */
import { parentPort } from 'node:worker_threads';
import { stepBack } from '../../packages/service/dist/step-back.js';
import { openFeeds, putEdition } from './service.mjs';

stepBack();
parentPort.on('message', async ([folder, edition, sizes]) => {
  const { seq } = await putEdition(openFeeds(folder), edition, sizes);
  parentPort.postMessage(seq);
});
