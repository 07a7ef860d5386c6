import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EtlError, loadVisits, type LoadedVisits } from '@attractions/etl';

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
