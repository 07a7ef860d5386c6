import assert from 'node:assert/strict';
import { ConfigError, forceConfig, integer, readConfig, sharedSettings, type Config } from '@attractions/config';

const settings = {
  ...sharedSettings,
  rank: integer({ variable: 'ALS_RANK', description: 'Factors of a user.', default: 64, min: 1, max: 1024 }),
};

const config: Config<typeof settings> = readConfig(settings, { ALS_RANK: '8' });
assert.equal(config.rank, 8);
assert.equal(config.feedsRoot, './feeds');
assert.throws(() => readConfig(settings, { ALS_RANK: 'many' }), ConfigError);
assert.equal(
  forceConfig(settings, { rank: 2 }, () => readConfig(settings).rank),
  2,
);
