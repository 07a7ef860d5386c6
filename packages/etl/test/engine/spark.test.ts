import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { sparkEngine } from '../../src/engine/spark.js';
import { sql } from '../../src/frame/frame.js';
import { engineCases } from '../../src/testing/index.js';
import type { Engine } from '../../src/engine/engine.js';
import { describeOnServers, startServer } from '../support/spark-server.js';
import type { SparkServer } from '../support/spark-server.js';

/** Sail answers nobody while it puts pairs of rows together. */
const endless = sql`SELECT count_if(id * 7 % 11 = 1) AS hits FROM ${sql.relation(sql`range(10000000000000)`)} r`;

describeOnServers('the engine on Spark Connect', (name) => {
  let server: SparkServer;
  let engine: Engine;
  beforeAll(async () => {
    server = await startServer(name);
    engine = sparkEngine({ remote: server.remote });
  }, 200_000);
  afterAll(async () => {
    await engine.close();
    await server.stop();
  });

  describe('the contract of engines', () => {
    const later = new Proxy({} as Engine, {
      get: (_, key: keyof Engine) => {
        const value = engine[key];
        return typeof value === 'function' ? value.bind(engine) : value;
      },
    });
    for (const { name: law, run } of engineCases(later, { endless })) test(law, run, 60_000);
  });
});
