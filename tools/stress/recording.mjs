/**
 * What recording lists costs: the service under as many requests for lists as it can answer, none of them cached, with and without the record of exposures,
 * in turns; then a soak with the record, with figures at each minute. Compares lists a second, processor time for each list (of all threads; Linux) and
 * resident memory, and counts what is in the feed at the end. Needs the built packages (`npx nx run-many -t build`); takes two minutes and the soak.
 *
 *     node tools/stress/recording.mjs [--rounds 3] [--seconds 15] [--soak-minutes 10] [--connections 64] [--judge]
 *
 * `--judge`: fails above 10 % of throughput and of processor time, or 100 MB; for a machine with nothing else to do.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { keepBusy, quantile, requestOf } from './client.mjs';
import {
  exposures,
  machine,
  putEdition,
  residentMb,
  scratchFeeds,
  startService,
  userIdOf,
  verdict,
} from './service.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '15' },
    'soak-minutes': { type: 'string', default: '10' },
    connections: { type: 'string', default: '64' },
    judge: { type: 'boolean', default: false },
  },
});
const [rounds, seconds, soakMinutes, connections] = ['rounds', 'seconds', 'soak-minutes', 'connections'].map((name) =>
  Number(values[name]),
);
const USERS = 2_000;
const requests = Array.from({ length: USERS }, (_, user) =>
  requestOf({ path: `/v1/users/${encodeURIComponent(userIdOf(user))}/recommendations` }),
);
console.log(
  `${machine}, load ${loadavg()[0].toFixed(1)}; ${connections} connections, ${rounds} x ${seconds} s in turns`,
);

const found = { without: [], with: [] };
for (let round = 0; round < rounds; round++)
  for (const way of round % 2 === 0 ? ['without', 'with'] : ['with', 'without']) found[way].push(await run(way));
const median = (way, of) => quantile(found[way].map(of), 0.5);
for (const way of ['without', 'with'])
  console.log(
    `${way} the record: ${median(way, ({ perSecond }) => perSecond).toFixed(0)} lists a second, ${median(way, ({ processorUs }) => processorUs).toFixed(1)} us of processor time each, ${median(way, ({ mb }) => mb).toFixed(0)} MB at most`,
  );
const share = (of) => median('with', of) / median('without', of) - 1;
const [slower, dearer] = [-share(({ perSecond }) => perSecond), share(({ processorUs }) => processorUs)];
const moreMb = median('with', ({ mb }) => mb) - median('without', ({ mb }) => mb);
const cost = `the record costs ${(100 * slower).toFixed(1)} % of the lists a second, ${(100 * dearer).toFixed(1)} % of processor time, ${moreMb.toFixed(0)} MB`;
if (values.judge) verdict(cost, slower <= 0.1 && dearer <= 0.1 && moreMb <= 100);
else console.log(cost);
if (soakMinutes > 0) {
  const { minutes } = await run('with', soakMinutes * 60);
  const half = minutes.slice(Math.floor(minutes.length / 2));
  const growth = Math.max(...half) - Math.max(...minutes.slice(0, half.length));
  verdict(
    `in the second half of the soak memory was ${growth.toFixed(0)} MB more than in the first, at most`,
    growth < 30,
  );
}

/** A service under load. Checks that all lists are in the feed, if they are recorded. */
async function run(way, runSeconds = seconds) {
  const { folder, store } = scratchFeeds();
  await putEdition(store, 1, { users: USERS, items: 1_000 });
  const service = await startService(folder, {
    CACHED_LISTS: '0',
    MAX_DELAY_MS: '60000',
    EXPOSURE_COMMIT_SECONDS: '5',
    ...(way === 'without' && { LOG_EXPOSURES: 'false', LOG_EVENTS: 'false' }),
  });
  let [answers, bad, mb, isOver] = [0, 0, 0, false];
  const minutes = [];
  const client = keepBusy({
    url: service.url,
    connections,
    done: () => isOver,
    request: (connection, n) => requests[(connection * 31 + n) % USERS],
    told: ({ status }) => void (status === 200 ? answers++ : bad++),
  });
  // The first seconds compile.
  await sleep(Math.min(3, runSeconds / 3) * 1_000);
  const [startMs, before, usBefore] = [performance.now(), answers, processorUsOf(service.pid)];
  let [lastAnswers, lastMs] = [answers, startMs];
  while (performance.now() - startMs < runSeconds * 1_000) {
    await sleep(200);
    mb = Math.max(mb, residentMb(service.pid));
    const nowMs = performance.now();
    if (nowMs - lastMs < 60_000) continue;
    const now = residentMb(service.pid);
    minutes.push(now);
    console.log(
      `minute ${minutes.length}: ${((answers - lastAnswers) / ((nowMs - lastMs) / 1_000)).toFixed(0)} lists a second, ${now.toFixed(0)} MB`,
    );
    [lastAnswers, lastMs] = [answers, nowMs];
  }
  const perSecond = (answers - before) / ((performance.now() - startMs) / 1_000);
  const processorUs = (processorUsOf(service.pid) - usBefore) / (answers - before);
  isOver = true;
  await client;
  service.kill('SIGTERM');
  await service.ended;
  if (bad > 0) verdict(`${bad} answers were not 200`, false);
  if (way === 'with') {
    let rows = 0;
    for await (const { totals } of store.feed(exposures).since(0)) rows += totals.rows;
    const spool = join(folder, '_spool');
    const left = existsSync(spool) ? readdirSync(spool).length : 0;
    if (rows !== answers || left > 0)
      verdict(`${answers} lists shown, ${rows} in the feed, ${left} in the spool`, false);
    else if (runSeconds > seconds) verdict(`${answers} lists shown, ${rows} in the feed`, true);
  }
  return { perSecond, processorUs, mb, minutes };
}

/** Processor time of a process and its threads until now. */
function processorUsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const TICK_US = 10_000;
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}
