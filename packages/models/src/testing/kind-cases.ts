import assert from 'node:assert/strict';
import { als } from '@attractions/contracts';
import type { AlsGeneration, Attraction, VisitsColumns, VisitsTable } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import { tableOf, utf8Dictionary } from '@attractions/feeds/arrow';
import type { StoredFile } from '@attractions/feeds';
import { together } from '../als/fold-in.js';
import type { History } from '../als/fold-in.js';
import { modelOfKind, scorerOf, sourcesOf } from '../kind.js';
import type { LastVisit, ModelKind, Visitor } from '../kind.js';
import { generationOf, historyOf } from '../snapshot/generation.js';
import type { Generation } from '../snapshot/generation.js';
import { untrainedModel } from '../snapshot/untrained.js';
import { attractionOf } from './sample.js';
import { producer, timedVisits } from './stored.js';

/** One law of a contract, for any test runner: `for (const { name, run } of kindCases(…)) test(name, run)`. */
export interface KindCase {
  readonly name: string;
  /** Rejects where the law is broken. */
  run(): Promise<void>;
}

const HOUR_MS = 3_600_000;

/** Length of the lists. */
const LIMIT = 5;

/** Three parks of six attractions, and 40 users who each like every third attraction; the same each time. */
const SAMPLE_ATTRACTIONS: readonly Attraction[] = ['bay', 'fen', 'hill'].flatMap((park) =>
  Array.from({ length: 6 }, (_, n) => ({
    ...attractionOf(`${park}:${n}`, `${park} ${n}`),
    latitude: n / 100,
    longitude: 0,
  })),
);

const SAMPLE_VISITS: readonly (readonly [user: string, attraction: string, time: number])[] = Array.from(
  { length: 40 * 8 },
  (_, n) => {
    const [user, step] = [n % 40, Math.floor(n / 40)];
    const liked = 3 * (step % 6) + (user % 3);
    const { attractionId } = SAMPLE_ATTRACTIONS[(step < 6 ? liked : 7 * user + step) % 18] as Attraction;
    return [`user ${user}`, attractionId, step * 24 * HOUR_MS + user * 60_000] as const;
  },
);

/**
 * What every kind of model must do, as cases for tests of your own kinds.
 *
 * @param sample visits to train on and their attractions, for a kind that cannot learn from those of the default
 */
export function kindCases<M>(
  kind: ModelKind<M>,
  sample: {
    readonly visits: readonly (readonly [user: string, attraction: string, time: number])[];
    readonly attractions: readonly Attraction[];
  } = { visits: SAMPLE_VISITS, attractions: SAMPLE_ATTRACTIONS },
): readonly KindCase[] {
  const { attractions } = sample;
  const table = timedVisits(sample.visits);
  const trained = (visits: VisitsTable = table) => Promise.resolve(kind.train(visits, { attractions, threads: 1 }));
  const snapshotWith = (model: M): Generation =>
    kind.contract.path === als.path
      ? generationOf(model as AlsGeneration, attractions, { visits: table })
      : generationOf(untrainedModel(table), attractions, { visits: table, models: { [kind.name]: model } });
  const cases: KindCase[] = [];
  const law = (name: string, run: () => Promise<void>): void => void cases.push({ name, run });

  law('its name, its feed and its sources can be told apart', async () => {
    assert.match(kind.name, /^[a-z][a-z0-9-]*$/);
    assert.match(kind.contract.path, /^[a-z0-9-]+\/[a-z0-9-]+\/v\d+\.\d+$/);
    assert.ok(sourcesOf(kind).length > 0, 'It has no source.');
  });

  law('the same visits in any order give the same model', async () => {
    const turned = timedVisits([...sample.visits].reverse());
    assert.deepEqual(forgetSeconds(await trained(turned)), forgetSeconds(await trained()));
  });

  law('texts as dictionaries, as the train command reads them, give the same model', async () => {
    assert.deepEqual(forgetSeconds(await trained(withDictionaries(table))), forgetSeconds(await trained()));
  });

  law('an aborted training rejects with the reason, or has ended', async () => {
    const controller = new AbortController();
    const reason = new Error('no longer wanted');
    controller.abort(reason);
    const run = async () => kind.train(table, { attractions, threads: 1, signal: controller.signal });
    await run().catch((error: unknown) => assert.equal(error, reason));
  });

  law('lists have only items that pass, none twice and no more than the limit; scores are finite and do not rise; a reason is a sentence', async () => {
    const snapshot = snapshotWith(await trained());
    let listed = 0;
    for (const [visitor, words] of visitorsOf(snapshot))
      for (const hidden of [1, 2, 3]) {
        const scores = scorerOf(kind, snapshot)?.(visitor);
        if (scores === undefined) continue;
        assert.ok(sourcesOf(kind).includes(scores.source), `The source '${scores.source}' is not one of the kind's.`);
        const passes = (item: number) => item % 4 !== hidden;
        const { items, scores: values } = scores.best({ passes }, LIMIT);
        assert.equal(items.length, values.length);
        assert.ok(items.length <= LIMIT, `${items.length} entries for ${words}`);
        assert.equal(new Set(Array.from(items)).size, items.length, `An item twice for ${words}`);
        for (let n = 0; n < items.length; n++) {
          const [item, value] = [items[n] as number, values[n] as number];
          assert.ok(item in snapshot.attractions && passes(item), `The item ${item}, which does not pass, for ${words}`);
          assert.ok(Number.isFinite(value), `The score ${value} for ${words}`);
          assert.ok(n === 0 || value <= (values[n - 1] as number), `A score rises for ${words}`);
          assert.notEqual(scores.reason?.(item), '');
          listed++;
        }
      }
    assert.ok(listed > 0, 'It has no list for any visitor.');
  }); // prettier-ignore

  law('the same visitor gets the same list, whatever other visitors ask in between', async () => {
    const snapshot = snapshotWith(await trained());
    assert.deepEqual(listsIn(kind, snapshot), listsIn(kind, snapshot));
  });

  law('lists of one time key are the same', async () => {
    const model = await trained();
    const snapshot = snapshotWith(model);
    const scorer = scorerOf(kind, snapshot);
    for (const [visitor, words] of visitorsOf(snapshot)) {
      const later = { ...visitor, at: visitor.at + HOUR_MS / 2 };
      const keys = [visitor, later].map((each) => (kind.timeKey === undefined ? '' : kind.timeKey(model, each)));
      if (keys[0] === undefined || keys[0] !== keys[1]) continue;
      const [now, then] = [visitor, later].map((each) => scorer?.(each)?.best({}, LIMIT));
      assert.deepEqual(then, now, `For ${words}`);
    }
  });

  law('a model that was put and read, or went to another thread, gives the same lists', async () => {
    const model = await trained();
    const feed = openFeeds('memory:').feed(kind.contract);
    await feed.put(model, { producer });
    const before = listsIn(kind, snapshotWith(model));
    assert.deepEqual(listsIn(kind, snapshotWith(await (await feed.latest()).read())), before);
    assert.deepEqual(listsIn(kind, snapshotWith(structuredClone(model))), before);
  });

  law('a file that is cut short is refused', async () => {
    const files: StoredFile[] = [];
    for await (const { name, bytes, rows } of kind.contract.codec.encode(await trained()))
      files.push({ name, path: name, rows, bytes: async () => bytes });
    for (const [n, file] of files.entries()) {
      const bytes = await file.bytes();
      const cut = { ...file, bytes: async () => bytes.subarray(0, Math.floor(bytes.length / 2)) };
      await assert.rejects(kind.contract.codec.decode(files.with(n, cut)), `Half of ${file.name} is accepted`);
    }
  });

  law('the gate finds nothing wrong with it', async () => {
    const snapshot = snapshotWith(await trained());
    assert.equal(kind.check?.(modelOfKind(kind, snapshot) as M, snapshot), undefined);
  });

  return cases;
}

function withDictionaries(visits: VisitsTable): VisitsTable {
  const columns = visits.schema.fields.map(({ name }) => {
    const column = visits.getChild(name as keyof VisitsColumns);
    if (name !== 'user_id' && name !== 'attraction_id') return [name, column?.data[0]];
    const texts = Array.from(column ?? [], String);
    const ids = [...new Set(texts)];
    const rowOf = new Map(ids.map((id, row) => [id, row]));
    return [
      name,
      utf8Dictionary(
        ids,
        Uint32Array.from(texts, (text) => rowOf.get(text) as number),
      ),
    ];
  });
  return tableOf(Object.fromEntries(columns)) as unknown as VisitsTable;
}

/** Known and unknown users, with and without visits, a park and a last visit. */
function visitorsOf(snapshot: Generation): readonly (readonly [visitor: Visitor, words: string])[] {
  const nobody: History = { items: new Uint32Array(), weights: new Float32Array() };
  const some: History = { items: Uint32Array.of(4, 1), weights: Float32Array.of(2, 1) };
  const at = 9 * 24 * HOUR_MS;
  const visitors: (readonly [Visitor, string])[] = [];
  for (const user of [undefined, 0, 7])
    for (const given of [nobody, some])
      for (const park of [undefined, ...snapshot.parks.keys()]) {
        const known = user === undefined ? nobody : historyOf(snapshot, user);
        const history = together(known, given);
        const first = given.items[0];
        const last: LastVisit | undefined = first === undefined ? undefined : { item: first, visitedAt: at - HOUR_MS };
        visitors.push([
          { user, known, given, history, last, at, park },
          `user ${user}, visits ${String(given.items)}, park ${park}`,
        ]);
      }
  return visitors;
}

function listsIn<M>(kind: ModelKind<M>, snapshot: Generation): unknown {
  const scorer = scorerOf(kind, snapshot);
  return visitorsOf(snapshot).map(([visitor]) => {
    const best = scorer?.(visitor)?.best({}, LIMIT);
    return best && [Array.from(best.items), Array.from(best.scores)];
  });
}

/** The time that an iteration took is the only thing that may differ. */
function forgetSeconds(model: unknown): unknown {
  const { history, ...rest } = Object(model) as { history?: readonly object[] };
  return Array.isArray(history) ? { ...rest, history: history.map((entry) => ({ ...entry, seconds: 0 })) } : model;
}
