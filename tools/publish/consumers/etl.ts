import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineSource, duckDbEngine, EtlError, frame, loadVisits, sql, type LoadedVisits } from '@attractions/etl';
import { sourceCases } from '@attractions/etl/testing';

const folder = await mkdtemp(join(tmpdir(), 'attractions-etl-'));
try {
  await assert.rejects(loadVisits(folder), EtlError);

  await writeFile(
    join(folder, 'POI-Tidewater.csv'),
    '"poiID";"poiName";"rideDuration";"lat";"long";"theme"\n1;"Tide Race";300;28.41;-81.46;"Thrill"\n',
  );
  await writeFile(
    join(folder, 'userVisits-Tidewater-allPOI.csv'),
    [
      '"id";"nsid";"takenUnix";"poiID";"poiTheme";"poiFreq";"rideDuration";"seqID"',
      '1;"ann";1500000000;1;"Thrill";2;300;1',
      '2;"ann";1500000060;1;"Thrill";2;300;1',
      '3;"bob";yesterday;1;"Thrill";2;300;2',
      '',
    ].join('\n'),
  );
  const { visits, attractions, rejects }: LoadedVisits = await loadVisits(folder);
  assert.equal(visits.numRows, 1, 'two photos of one visit');
  assert.equal(visits.get(0)?.photos, 2);
  assert.deepEqual(
    attractions.map(({ attractionId, name }) => [attractionId, name]),
    [['Tidewater:1', 'Tide Race']],
  );
  assert.deepEqual(
    rejects.map(({ line }) => line),
    [4],
  );
} finally {
  await rm(folder, { recursive: true });
}

// A user's own source, checked against the contract of all sources.
const gates = defineSource<{ readonly gate: string }>({
  type: 'gates',
  options: {
    '~standard': {
      version: 1,
      vendor: 'consumer',
      validate(value) {
        const { gate } = value as { gate?: unknown };
        return typeof gate === 'string'
          ? { value: { gate } }
          : { issues: [{ message: 'Give a gate.', path: ['gate'] }] };
      },
    },
  },
  probe: ({ gate }) => Promise.resolve({ found: gate, sample: [{ user: 'ann', attraction: gate, time: 0 }] }),
  async *visits({ gate }) {
    yield { user: 'ann', attraction: gate, time: '2026-05-01T10:00:00Z' };
    yield { refused: 'The card could not be read.', line: 2 };
  },
});
const settings = { visits: { type: 'gates', gate: 'north' } };
for (const { name, run } of sourceCases(gates, { settings, refused: [[{}, 'gate']] }))
  await run().catch((cause: unknown) => assert.fail(`${name}: ${String(cause)}`));

const engine = duckDbEngine();
const numbers = frame('numbers')`SELECT ${"it's"} AS word`;
assert.deepEqual(await engine.rows(sql`SELECT word FROM ${numbers}`), [{ word: "it's" }]);
await engine.close();
