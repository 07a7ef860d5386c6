import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import { createRecommender } from '../src/index.js';
import { memoryOf, packed, shared, unpacked } from '@attractions/models';
import type { Frame, Piece } from '@attractions/models';
import { sampleGeneration } from '@attractions/models/testing';

test('a generation is the same on the other side, and its large parts have moved', () => {
  const generation = sampleGeneration();
  const { frame, pieces } = packed(generation);
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(frame);
  for (const piece of pieces) port1.postMessage(piece, memoryOf(piece));
  const next = () => receiveMessageOnPort(port2)?.message;
  const received = unpacked(
    next() as Frame,
    pieces.map(() => next() as Piece),
  );
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

test('a model of any kind moves as well: its typed arrays, and not the memory that they share with others', () => {
  const memory = new Float32Array([1, 2, 3, 4]);
  const model = { rows: [{ weights: memory.subarray(0, 2) }, { weights: memory.subarray(2) }], ids: ['a', 'b'] };
  const { frame, pieces } = packed({ ...sampleGeneration(), models: new Map([['mine', model]]) });
  const moved = pieces.map((piece) => structuredClone(piece, { transfer: memoryOf(piece) }));
  expect(unpacked(frame, moved).models.get('mine')).toEqual(model);
  expect([...memory]).toEqual([1, 2, 3, 4]);
  const own = pieces.find((piece) => 'kind' in piece);
  expect(own).toMatchObject({ model: { rows: [{ weights: { length: 0 } }, { weights: { length: 0 } }] } });
});

test('parts that share the memory of one file are the same on the other side', () => {
  const { model, ...rest } = sampleGeneration();
  const memory = new ArrayBuffer(1_024);
  const within = <A extends Float32Array | Uint32Array>(array: A, at: number): A => {
    const view = new (array.constructor as new (buffer: ArrayBuffer, at: number, length: number) => A)(
      memory,
      at,
      array.length,
    );
    view.set(array);
    return view;
  };
  const seen = { offsets: within(model.seen.offsets, 0), items: within(model.seen.items, 256) };
  const together = { ...rest, model: { ...model, seen, userFactors: within(model.userFactors, 512) } };
  const { frame, pieces } = packed(together);
  const moved = pieces.map((piece) => structuredClone(piece, { transfer: memoryOf(piece) }));
  expect(unpacked(frame, moved)).toEqual(sampleGeneration());
});

test('several threads take the same memory, and it stays where it was', () => {
  const { frame, pieces } = packed(sampleGeneration());
  const { port1, port2 } = new MessageChannel();
  const parts = shared(pieces);
  for (const thread of [1, 2]) {
    port1.postMessage({ frame, parts, thread });
    const { message } = receiveMessageOnPort(port2) ?? {};
    const received = unpacked(message.frame as Frame, message.parts as Piece[]);
    expect(received.model.userFactors.buffer.constructor.name).toBe('SharedArrayBuffer');
    expect(createRecommender(received).recommend({ userId: 'ana', at: 0, explain: true })).toEqual(
      createRecommender(sampleGeneration()).recommend({ userId: 'ana', at: 0, explain: true }),
    );
  }
  port1.close();
});
