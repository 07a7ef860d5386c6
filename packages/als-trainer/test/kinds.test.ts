import { describe, test } from '@jest/globals';
import { kindCases } from '@attractions/models/testing';

import { trainedKinds } from '../src/kinds.js';

describe.each(trainedKinds({ rank: 4, iterations: 3 }).map((kind) => [kind.name, kind] as const))('%s', (_, kind) => {
  for (const { name, run } of kindCases(kind)) test(name, run);
});
