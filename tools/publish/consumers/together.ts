/** The whole chain in one process and in memory: raw files to answers by name, with one feed on the way. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlsTrainer } from '@attractions/als-trainer';
import { loadVisits } from '@attractions/etl';
import { visits as visitsFeed } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import { createRecommender, generationOf } from '@attractions/recommender';

const folder = await mkdtemp(join(tmpdir(), 'attractions-together-'));
try {
  const rides = ['Tide Race', 'Gull Swing', 'Old Lighthouse', 'Crab Parade'];
  await writeFile(
    join(folder, 'POI-Tidewater.csv'),
    [
      'poiID;poiName;rideDuration;lat;long;theme',
      ...rides.map((name, n) => `${n + 1};${name};300;28.4;-81.4;Family`),
      '',
    ].join('\n'),
  );
  // Even users have been to rides 1 and 3, odd ones to 2 and 4; the newcomer only to ride 1.
  const photos = Array.from({ length: 12 }, (_, user) =>
    (user === 0 ? [1] : user % 2 === 0 ? [1, 3] : [2, 4]).map((ride) => [`user-${user}`, ride] as const),
  ).flat();
  await writeFile(
    join(folder, 'userVisits-Tidewater-allPOI.csv'),
    [
      'id;nsid;takenUnix;poiID;poiTheme;poiFreq;rideDuration;seqID',
      ...photos.map(([user, ride], n) => `${n};${user};${1500000000 + n * 60};${ride};Family;9;300;${n}`),
      '',
    ].join('\n'),
  );

  const { visits, attractions, rejects } = await loadVisits(folder);
  assert.equal(rejects.length, 0);

  const feed = openFeeds('memory:').feed(visitsFeed);
  await feed.put(visits, { producer: { id: 'together', package: 'together', version: '1.0.0' } });
  const stored = await (await feed.latest()).read();
  assert.equal(stored.numRows, photos.length);

  const model = await new AlsTrainer({ rank: 4, iterations: 10 }).train(stored, { threads: 1 });
  const recommender = createRecommender(generationOf(model, attractions));
  const answer = recommender.recommend({ userId: 'user-0', limit: 1 });
  assert.equal(answer.source, 'als');
  assert.equal(answer.recommendations[0]?.name, 'Old Lighthouse');
} finally {
  await rm(folder, { recursive: true });
}
