import { defineConfig } from '@attractions/pipeline/config';
import { dryAfterSix } from './src/dry-after-six.js';
import { quiet } from './src/quiet.js';
import { turnstiles } from './src/turnstiles.js';

export default defineConfig({
  sources: {
    visits: { type: turnstiles, file: 'data/turnstiles.txt' },
    attractions: {
      type: 'jsonl',
      files: 'data/rides.jsonl',
      columns: { attraction: 'id', name: 'name', themes: 'themes', park: { constant: 'Harbour' } },
    },
  },
  models: [quiet, 'als'],
  rules: [dryAfterSix],
});
