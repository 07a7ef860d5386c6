/** A thread that puts generations, so that the client's clock does not wait for Parquet to be written: takes `[folder, edition, sizes]`, gives the update's number. */
import { parentPort } from 'node:worker_threads';
import { openFeeds, putEdition } from './service.mjs';

parentPort.on('message', async ([folder, edition, sizes]) => {
  const { seq } = await putEdition(openFeeds(folder), edition, sizes);
  parentPort.postMessage(seq);
});
