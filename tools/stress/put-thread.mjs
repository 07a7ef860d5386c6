/**
 * A thread that puts generations, so that the client's clock does not wait for Parquet to be written. It stands for a trainer on another machine, so it steps
 * back behind client and service (Linux). Takes `[folder, edition, sizes]`, gives the update's number.
 */
import { parentPort } from 'node:worker_threads';
import { stepBack } from '../../packages/service/dist/generations/loader.js';
import { openFeeds, putEdition } from './service.mjs';

stepBack();
parentPort.on('message', async ([folder, edition, sizes]) => {
  const { seq } = await putEdition(openFeeds(folder), edition, sizes);
  parentPort.postMessage(seq);
});
