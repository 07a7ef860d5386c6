/** A thread of `threads.ts`: makes the lists of one range of users after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { BUILT_IN_KINDS, kindsNamed, unpacked } from '@attractions/models';
import { ownKindsIn } from '@attractions/models/config-file';
import { tableToIPC } from 'apache-arrow';
import { recommendEach } from '../answers/recommender.js';
import { createRecommender } from '../answers/compose.js';
import { compositionIn } from '../config-file.js';
import { parkClocks, timeZonesIn } from '../answers/park-clocks.js';
import { listsTable } from './table.js';
import type { ThreadOrder, Turn } from './threads.js';

const { frame, pieces, request, experiments, usual, timeZones, generatedAtMs, configFile, ...order } =
  workerData as ThreadOrder;
const generation = unpacked(frame, pieces);
const { rules, mapping, recommenders } = await compositionIn(configFile);
const kinds = kindsNamed(order.kinds, [...(await ownKindsIn(configFile)), ...BUILT_IN_KINDS]);
const clocks = parkClocks(timeZonesIn(timeZones));
const recommender = createRecommender(generation, { kinds, experiments, usual, clocks, rules, mapping, recommenders });

function* userIds([from, to]: Turn): Generator<string> {
  for (let row = from; row < to; row++) yield generation.userOf.at(row) as string;
}

parentPort?.on('message', (turn: Turn) => {
  const answers = recommendEach(recommender, userIds(turn), request);
  const bytes = tableToIPC(listsTable(generation, answers, generatedAtMs), 'stream').slice();
  parentPort?.postMessage(bytes, [bytes.buffer as ArrayBuffer]);
});
