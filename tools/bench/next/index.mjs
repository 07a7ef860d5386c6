/**
 * The next attraction against what is popular in the park, on two published parks and two cities: HR@5 and NDCG@5 on the last new attraction of each visitor (or an earlier one, to
 * choose by), with paired 95 % intervals; the same where times are only dates or only an order, or where a request has no time; the place of an attraction that nobody has
 * visited yet; and how far the probabilities can be trusted.
 *
 *     npx nx run-many -t build && node tools/bench/next/index.mjs [--data ../shared/data] [--back 1] [--against ../older] [--only MagicK]
 *
 * `--back 2` finds the second-last new attraction, `--back 3` the third-last: what the model was chosen by. `--against` names another checkout, built: differences to its model too.
 * Exits with 0 and a reason if the data are missing. About a minute.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { attractions as listed, visits as visited } from '../../../packages/contracts/dist/index.js';
import {
  judge,
  lastNewAttraction,
  pairedDifference,
  popularInPark,
  visitLogOf,
  visitsTableOf,
} from '../../../packages/evaluation/dist/index.js';
import { openFeeds } from '../../../packages/feeds/dist/index.js';

const DAY_MS = 86_400_000;
const root = resolve(import.meta.dirname, '../../..');
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(root, '../shared/data') },
    back: { type: 'string', default: '1' },
    against: { type: 'string' },
    only: { type: 'string' },
  },
});
if (!existsSync(values.data)) {
  console.log(`skipped: there is no data at ${values.data}; name a folder with --data`);
  process.exit(0);
}
const modelsOf = async (checkout) => ({
  ...(await import(join(checkout, 'packages/als-trainer/dist/index.js'))),
  ...(await import(join(checkout, 'packages/models/dist/index.js'))),
});
const ours = await modelsOf(root);
const theirs = values.against === undefined ? undefined : await modelsOf(resolve(values.against));

for (const folder of ['sigir17', 'cities']) {
  const { log, attractions } = await loaded(join(values.data, folder));
  for (const park of log.names.parks.keys()) {
    const name = log.names.parks[park];
    if (values.only !== undefined && values.only !== name) continue;
    let mine = only(log, (visit) => log.names.parkOf[log.attractions[visit]] === park);
    if (mine.users.length === 0) continue;
    for (let back = 1; back < Number(values.back); back++) mine = lastNewAttraction(mine).training;
    await tell(name, lastNewAttraction(mine), attractions);
  }
}

async function tell(name, split, attractions) {
  console.log(
    `\n${name}, ${split.requests.length} requests${''.padEnd(8)}HR@5    NDCG@5  difference of HR@5 and of NDCG@5`,
  );
  const variants = {
    'as it is': split,
    'times are dates': timesOf(split, { of: (time) => Math.floor(time / DAY_MS) * DAY_MS }),
    'times are an order': ordered(split),
    'requests without a time': {
      ...split,
      requests: split.requests.map((request) => ({ ...request, time: undefined, last: undefined })),
    },
  };
  for (const [variant, changed] of Object.entries(variants)) {
    const contenders = [popularInPark, nextOf(ours, attractions), ...(theirs ? [nextOf(theirs, attractions)] : [])];
    const [popular, next, older] = await judge(changed, contenders);
    console.log(`  ${variant}`);
    row('popular in park', popular);
    if (older) row('older', older, popular);
    row('next attraction', next, popular);
    if (older) row('  against the older', next, older);
    if (variant === 'as it is') reliability(next, changed);
  }
  await unseen(split, attractions);
}

function nextOf({ NextAttractionTrainer, scoreNext }, attractions) {
  return {
    name: 'next attraction',
    description: '',
    async learn(training) {
      const { names } = training;
      const parks = new NextAttractionTrainer(attractions).learn(await visitsTableOf(training));
      const learnt = new Map(parks.map((park) => [park.visits.park, park]));
      const itemOf = new Map(names.attractionIds.map((id, item) => [id, item]));
      const end = (training.times.at(-1) ?? 0) + DAY_MS;
      return ({ park, time, visited, last }) => {
        const tables = learnt.get(names.parks[park]).tablesAt(time ?? end);
        const scores = new Float64Array(itemOf.size).fill(-Infinity);
        const found = scoreNext(tables, {
          time,
          last: last && { attractionId: names.attractionIds[last.attraction], visitedAt: last.visitedAt },
          visited: Array.from(visited, (item) => names.attractionIds[item]),
        });
        tables.attractionIds.forEach((id, place) => (scores[itemOf.get(id)] = found[place]));
        // Finite, so that attractions of other parks can be ranked too.
        return scores.map((score) => Math.max(score, -1e9));
      };
    },
  };
}

function row(label, { report }, base) {
  const { hitRate, ndcg } = report.metrics;
  const difference = (metric) => {
    const { mean, low, high } = pairedDifference(report.perUser[metric], base.report.perUser[metric]);
    const signed = (value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
    return `${signed(mean)} (${signed(low)}, ${signed(high)})`;
  };
  const against = base ? `${difference('hitRate')}  ${difference('ndcg')}` : '';
  console.log(`    ${label.padEnd(24)}${hitRate.toFixed(4)}  ${ndcg.toFixed(4)}  ${against}`);
}

/** How often attractions came next that were given a probability in each fifth of the range. */
function reliability({ rankings, scores }, { answers }) {
  const bins = Array.from({ length: 5 }, () => ({ count: 0, said: 0, came: 0 }));
  rankings.forEach((ranking, request) => {
    const odds = Array.from(scores[request], (score) => Math.exp(score - scores[request][0]));
    const total = odds.reduce((sum, odd) => sum + odd, 0);
    ranking.forEach((item, place) => {
      const bin = bins[Math.min(4, Math.floor((5 * odds[place]) / total))];
      bin.count += 1;
      bin.said += odds[place] / total;
      bin.came += answers[request].includes(item) ? 1 : 0;
    });
  });
  const told = bins.filter(({ count }) => count >= 20);
  const pairs = told.map(
    ({ said, came, count }) => `${(said / count).toFixed(3)} said, ${(came / count).toFixed(3)} came`,
  );
  console.log(`    probabilities: ${pairs.join('; ')}`);
}

/** Each attraction in turn is new: nobody has visited it. Where is it in the lists of those who went there next? 1 is first, 0 is last, 0.5 is the middle. */
async function unseen({ training, requests, answers }, attractions) {
  const places = { ours: [], theirs: [] };
  for (const item of new Set(answers.map(([answer]) => answer))) {
    const without = only(training, (visit) => training.attractions[visit] !== item);
    const asked = requests
      .map((request, n) => ({ request, answer: answers[n] }))
      .filter(({ request, answer }) => answer[0] === item && request.last.attraction !== item);
    const split = {
      training: without,
      requests: asked.map(({ request }) => request),
      answers: asked.map(({ answer }) => answer),
    };
    for (const [who, models] of Object.entries({ ours, theirs })) {
      if (models === undefined) continue;
      const [{ rankings }] = await judge(split, [nextOf(models, attractions)]);
      for (const ranking of rankings) places[who].push(1 - ranking.indexOf(item) / (ranking.length - 1));
    }
  }
  for (const [who, all] of Object.entries(places))
    if (all.length > 0)
      console.log(
        `  a new attraction, ${who}: ${(all.reduce((sum, place) => sum + place, 0) / all.length).toFixed(3)}`,
      );
}

function only(log, keeps) {
  const kept = Array.from(log.users.keys()).filter(keeps);
  return taken(log, kept, log.times);
}

function taken(log, rows, times) {
  return {
    ...log,
    users: Uint32Array.from(rows, (row) => log.users[row]),
    attractions: Uint32Array.from(rows, (row) => log.attractions[row]),
    times: Float64Array.from(rows, (row) => times[row]),
    photos: Int32Array.from(rows, (row) => log.photos[row]),
  };
}

/** The same visits at other times, in the order of these. */
function retimed(log, times) {
  const rows = Array.from(times.keys()).sort(
    (a, b) => times[a] - times[b] || log.users[a] - log.users[b] || log.attractions[a] - log.attractions[b],
  );
  return taken(log, rows, times);
}

function timesOf(split, { of }) {
  const requests = split.requests.map((request) => ({
    ...request,
    time: of(request.time),
    // Of the visits of one day, nobody knows the last.
    last: undefined,
  }));
  return { ...split, training: retimed(split.training, split.training.times.map(of)), requests };
}

/** Times are the numbers of a visitor's visits, from 1, as seconds. */
function ordered(split) {
  const { training } = split;
  const counts = new Map();
  const next = (user) => {
    counts.set(user, (counts.get(user) ?? 0) + 1);
    return counts.get(user) * 1000;
  };
  const times = Float64Array.from(training.users, next);
  const requests = split.requests.map((request) => {
    const before = (counts.get(request.user) ?? 0) * 1000;
    return { ...request, time: before + 1000, last: { ...request.last, visitedAt: before } };
  });
  return { ...split, training: retimed(training, times), requests };
}

async function loaded(raw) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-next-'));
  try {
    cpSync(raw, join(folder, 'raw'), { recursive: true });
    execFileSync(process.execPath, [join(root, 'packages/pipeline/bin/attractions.js'), 'etl'], {
      env: { ...process.env, RAW_DATA_PATH: join(folder, 'raw'), FEEDS_ROOT: join(folder, 'feeds'), FORCE_COLOR: '0' },
      stdio: 'ignore',
    });
    const store = openFeeds(join(folder, 'feeds'));
    const attractions = await (await store.feed(listed).latest()).read();
    return { log: visitLogOf(await (await store.feed(visited).latest()).read(), attractions), attractions };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
