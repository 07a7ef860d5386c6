import { expect, test } from '@jest/globals';

import { attractions, popularity, rejects } from '../support/contracts.js';
import { openFeeds } from '../../src/open.js';
import { parentOf } from '../../src/log/record.js';
import { siblingOf } from '../../src/log/updates.js';
import { attraction, producer } from '../support/samples.js';

test('the sibling is the newest update of the same parents, whatever was put later from others', async () => {
  const store = openFeeds('memory:');
  const parent = async (poi: number) => parentOf(await store.feed(attractions).put([attraction(poi)], { producer }));
  const [first, second] = [await parent(1), await parent(2)];
  const counts = (visits: number, ...parents: (typeof first)[]) =>
    store.feed(popularity).put([{ attractionId: 'p:1', visits, visitors: 1 }], { producer, parents });
  const record = await store.feed(rejects).put([], { producer, parents: [first, second] });

  expect(await siblingOf(store.feed(popularity), record)).toBeUndefined();
  await counts(1, first);
  await counts(2, second, first);
  await counts(3, first, second);
  await counts(4, second);
  const sibling = await siblingOf(store.feed(popularity), record);
  expect(sibling?.seq).toBe(3);
  expect((await sibling?.read())?.[0]?.visits).toBe(3);
});
