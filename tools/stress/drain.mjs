/**
 * SIGTERM while connections are busy, several times: no request in flight fails, and the process ends with 0. Clients behave as behind a load balancer: one
 * requests /readyz, and when that answers 503, they send nothing more. Other clients never stop; their requests may find a closed port, which counts as
 * refused, not as failed in flight. Needs the built packages (`npx nx run-many -t build`); takes half a minute.
 *
 *     node tools/stress/drain.mjs [--rounds 5] [--connections 64]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { clientOf, keepBusy, requestOf } from './client.mjs';
import { machine, putEdition, scratchFeeds, startService, userIdOf, verdict } from './service.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, connections: { type: 'string', default: '64' } },
});
const [rounds, connections] = [Number(values.rounds), Number(values.connections)];
console.log(`${machine}; ${rounds} rounds each, ${connections} connections`);
const { folder, store } = scratchFeeds();
await putEdition(store, 1);

for (const stubborn of [false, true]) {
  let [answered, failed, refused, bad] = [0, 0, 0, 0];
  let slowestMs = 0;
  for (let round = 0; round < rounds; round++) {
    const service = await startService(folder, { LOG_EXPOSURES: 'false', DRAIN_MS: '1000' });
    let [stop, gone] = [false, false];
    const busy = keepBusy({
      url: service.url,
      connections,
      done: () => stop || gone,
      request: (connection, n) =>
        requestOf({ path: `/v1/users/${userIdOf((connection + n) % 2_000)}/recommendations` }),
      told(answer) {
        if (answer.failed === undefined) return void (answer.status === 200 ? answered++ : bad++);
        if (answer.connected) failed++;
        else refused++;
        gone = true;
      },
    });
    await sleep(500 + 500 * Math.random());
    const signalMs = performance.now();
    service.kill('SIGTERM');
    if (!stubborn) {
      const balancer = clientOf(service.url);
      while ((await balancer.ask(requestOf({ path: '/readyz' }))).status === 200) await sleep(20);
      balancer.close();
      stop = true;
    }
    const [code] = await service.ended;
    slowestMs = Math.max(slowestMs, performance.now() - signalMs);
    if (code !== 0) bad++;
    await busy;
  }
  console.log(
    `${stubborn ? 'clients that never stop' : 'clients behind a balancer'}: ${answered} answered, ${failed} failed in flight, ${refused} refused at the door, ${bad} bad answers or exits; ended ${slowestMs.toFixed(0)} ms after the signal at most`,
  );
  verdict(`${failed} requests in flight failed`, failed === 0 && bad === 0);
}
