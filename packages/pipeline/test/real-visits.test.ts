import { expect, test } from '@jest/globals';

import { attractions, emptyFolder, quick } from './support/command-line.js';
import { REAL_DATA, realDataIsHere } from './support/paths.js';

const onRealVisits = realDataIsHere() ? test : test.skip;

onRealVisits('the published rows of two parks run through feeds to named answers', async () => {
  const config = { ...quick(await emptyFolder()), rawDataPath: REAL_DATA };
  const { exitCode, stdout } = await attractions(config, 'run', '--json');
  expect(exitCode).toBe(0);
  const { recommendations, ...summary } = JSON.parse(stdout);
  expect(summary).toMatchObject({
    rows: 115_977,
    kept: 115_977,
    rejected: 0,
    visits: 27_321,
    users: 3_940,
    attractions: 113,
    parks: 5,
  });
  expect(recommendations).toHaveLength(2);
});
