import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { connect, sql } from '../src/index.js';
import type { SparkSession } from '../src/index.js';
import { proxyTo } from './support/proxy.js';
import type { Fault, Proxy } from './support/proxy.js';
import { describeOn, startServer } from './support/servers.js';
import type { ConnectServer } from './support/servers.js';

describeOn(['sail', 'spark'], 'a connection that breaks', (engine) => {
  let server: ConnectServer;
  let proxy: Proxy;
  let session: SparkSession;

  beforeAll(async () => {
    server = await startServer(engine);
    proxy = await proxyTo(server.port);
    session = await connect(server.remote.replace(String(server.port), String(proxy.port)));
  });

  beforeEach(() => {
    proxy.opened.length = proxy.faults.length = 0;
  });

  afterAll(async () => {
    await session.close();
    proxy.stop();
    await server.stop();
  });

  /** Rows, and the sum of the ids, which shows any row that is missing or comes twice. */
  const counted = async (): Promise<[number, bigint]> => {
    let [rows, sum] = [0, 0n];
    for await (const batch of session.batches(sql('SELECT id FROM range(500000)'))) {
      rows += batch.numRows;
      for (const id of batch.getChildAt(0)?.toArray() as BigInt64Array) sum += id;
    }
    return [rows, sum];
  };

  test.each<[string, readonly Fault[], readonly string[]]>([
    ['a stream that breaks goes on where it was', [{ kind: 'break', after: 3 }], ['ExecutePlan', 'ReattachExecute']],
    ['a stream that ends early goes on where it was', [{ kind: 'end', after: 2 }], ['ExecutePlan', 'ReattachExecute']],
    [
      'it may break again and again, as long as something arrives',
      Array.from({ length: 12 }, () => ({ kind: 'break' as const, after: 1 })),
      ['ExecutePlan', ...Array<string>(12).fill('ReattachExecute')],
    ],
    [
      'a request that never arrived is sent again once the server says so',
      [{ kind: 'lose', after: 0 }],
      ['ExecutePlan', 'ReattachExecute', 'ExecutePlan'],
    ],
  ])('%s', async (_, faults, opened) => {
    proxy.faults.push(...faults);
    expect(await counted()).toEqual([500_000, 124_999_750_000n]);
    expect(proxy.opened).toEqual(opened);
  });

  test('a server that stays away is told after seven more tries', async () => {
    proxy.faults.push(...Array.from({ length: 9 }, () => ({ kind: 'lose' as const, after: 0 })));
    await expect(counted()).rejects.toMatchObject({ code: 'SPARK_UNREACHABLE' });
    expect(proxy.opened).toEqual(['ExecutePlan', ...Array<string>(7).fill('ReattachExecute')]);
  });

  test('who stops reading stops the work', async () => {
    const plan = sql('SELECT a.id FROM range(2000) AS a CROSS JOIN range(300) AS b');
    for await (const batch of session.batches(plan)) {
      expect(batch.numRows).toBeGreaterThan(0);
      break;
    }
    expect((await session.collect(sql('SELECT 1'))).numRows).toBe(1);
  });
});
