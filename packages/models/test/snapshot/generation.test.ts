import { describe, expect, test } from '@jest/globals';
import { ModelsError } from '../../src/errors.js';
import { generationOf, seenBy } from '../../src/snapshot/generation.js';
import { attractionOf, modelOf, sampleGeneration } from '../../src/testing/sample.js';

describe('generationOf', () => {
  test('keeps the order of the model, then the attractions it does not know, by id', () => {
    const model = modelOf({ rank: 1, itemFactors: [1, 2], attractionIds: ['b:2', 'a:1'], visitors: [7, 8] });
    const generation = generationOf(
      model,
      ['a:9', 'a:1', 'c:1', 'b:2', 'a:5'].map((id) => attractionOf(id, id)),
    );
    expect(generation.attractions.map(({ attractionId }) => attractionId)).toEqual(['b:2', 'a:1', 'a:5', 'a:9', 'c:1']);
    expect([...generation.parks]).toEqual([
      ['a', Uint32Array.of(1, 2, 3)],
      ['b', Uint32Array.of(0)],
      ['c', Uint32Array.of(4)],
    ]);
    expect([...generation.visitors]).toEqual([7, 8, 0, 0, 0]);
    expect(generation.itemOf.get('c:1')).toBe(4);
  });

  test('knows what each user saw, and every theme', () => {
    const generation = sampleGeneration();
    expect([...seenBy(generation, generation.userOf.get('bob@x') as number)]).toEqual([2, 4]);
    expect([...generation.themes]).toEqual(['family', 'space', 'thrill', 'water']);
  });

  const good = () => modelOf({ rank: 1, itemFactors: [1, 2], users: { u: { factors: [1], seen: [0, 1] } } });
  const named = [attractionOf('park:0', 'A'), attractionOf('park:1', 'B')];

  test('takes the model that the next test damages', () => {
    expect(() => generationOf(good(), named)).not.toThrow();
  });

  test.each([
    ['a rank of 0', { rank: 0 }, 'Its rank is 0'],
    ['a user twice', { userIds: ['u', 'u'] }, 'A user id occurs twice'],
    ['an attraction twice', { attractionIds: ['a', 'a'] }, 'An attraction id occurs twice'],
    ['too few user factors', { userFactors: new Float32Array() }, 'It has 0 user factors; there must be 1'],
    ['too few item factors', { itemFactors: new Float32Array(1) }, 'It has 1 item factors; there must be 2'],
    ['too few visitors', { visitors: new Uint32Array(1) }, 'It has 1 visitor counts; there must be 2'],
    [
      'offsets',
      { seen: { offsets: Uint32Array.of(0), items: new Uint32Array() } },
      '1 offsets of the seen sets; there must be 2',
    ],
    [
      'seen items',
      { seen: { offsets: Uint32Array.of(0, 3), items: Uint32Array.of(0, 1) } },
      '2 seen items; there must be 3',
    ],
    ['a broken factor', { itemFactors: Float32Array.of(1, NaN) }, 'An item factor is not a finite number'],
    ['a broken user factor', { userFactors: Float32Array.of(Infinity) }, 'A user factor is not a finite number'],
    [
      'a seen set out of order',
      { seen: { offsets: Uint32Array.of(0, 2), items: Uint32Array.of(1, 0) } },
      "'u' does not ascend",
    ],
    ['an unknown seen item', { seen: { offsets: Uint32Array.of(0, 1), items: Uint32Array.of(2) } }, 'beyond the 2'],
  ])('refuses a damaged model: %s', (_, damage, words) => {
    const call = () => generationOf({ ...good(), ...damage }, named);
    expect(call).toThrow(ModelsError);
    expect(call).toThrow(words);
  });

  test('refuses attractions that lack one of the model, or have one twice', () => {
    expect(() => generationOf(good(), named.slice(1))).toThrow(
      "The model has factors for 'park:0', which is not among the 1",
    );
    expect(() => generationOf(good(), [...named, attractionOf('park:0', 'A')])).toThrow(
      'occurs twice among the attractions',
    );
  });
});
