import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import { createRecommender } from '../../../src/answers/compose.js';
import { packed, unpacked } from '../../../src/service/generations/parcel.js';
import type { Parcel } from '../../../src/service/generations/parcel.js';
import { sampleGeneration } from '../../support/sample.js';

test('a generation is the same on the other side, and its large parts have moved', () => {
  const generation = sampleGeneration();
  const { parcel, memory } = packed(generation);
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(parcel, memory);
  const received = unpacked(receiveMessageOnPort(port2)?.message as Parcel);
  port1.close();
  expect(generation.model.userFactors).toHaveLength(0);
  expect(generation.userOf.parts.slots).toHaveLength(0);

  const same = sampleGeneration();
  expect(received).toEqual(same);
  expect(received.model.userIds).toEqual(same.model.userIds);
  for (const userId of ['ana', 'bob@x', 'nobody'])
    expect(createRecommender(received).recommend({ userId, at: 0 })).toEqual(
      createRecommender(same).recommend({ userId, at: 0 }),
    );
});
