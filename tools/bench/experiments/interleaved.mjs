import {
  baselineOf,
  compare,
  draftCoin,
  momentsOf,
  readInterleaved,
  samplesNeeded,
  teamDraft,
} from '../../../packages/experiments/dist/index.js';

const ITEMS = 20;
const SHOWN = 8;
const LISTS = 8;

/**
 * A visitor with a taste for each of 20 attractions, and two recommenders that see it through noise, `b` through less. The visitor gets 8 lists, looks at each
 * from the top, goes on with a probability of .85 after each item, and clicks on an item by its taste; how readily differs from visitor to visitor.
 */
function visitor({ uniform, normal }, noise) {
  const taste = Array.from({ length: ITEMS }, normal);
  const ranked = (deviation) => {
    const seen = taste.map((liking) => liking + deviation * normal());
    return [...seen.keys()]
      .sort((one, other) => seen[other] - seen[one])
      .slice(0, SHOWN)
      .map(String);
  };
  const readiness = -0.2 * Math.log(1 - uniform());
  const clicks = (list) => {
    const clicked = [];
    for (let at = 0; at < list.length && (at === 0 || uniform() < 0.85); at++)
      if (uniform() < readiness / (1 + Math.exp(2 - 2 * taste[Number(list[at])]))) clicked.push(at);
    return clicked;
  };
  return { a: () => ranked(noise.a), b: () => ranked(noise.b), clicks };
}

/** The clicks of a visitor who gets the lists of one recommender. */
function clicksOn(shown, list) {
  const items = shown[list]();
  let y = 0;
  for (let n = 0; n < LISTS; n++) y += shown.clicks(items).length;
  return { y };
}

/** An A/B test: half of the users get the lists of one recommender, the others those of the other. */
function splitTest(random, noise, users) {
  const panel = (list) => momentsOf(Array.from({ length: users / 2 }, () => clicksOn(visitor(random, noise), list)));
  return compare('count', panel('b'), panel('a'))?.absolute;
}

/** What so many users prefer who all get the team draft. Users without clicks are not counted. */
function interleave(random, noise, users) {
  const preferences = { a: 0, b: 0, ties: 0 };
  for (let user = 0; user < users; user++) {
    const shown = visitor(random, noise);
    const [a, b] = [shown.a(), shown.b()];
    const id = String(random.uniform());
    const credit = { a: 0, b: 0 };
    for (let n = 0; n < LISTS; n++) {
      const { items, teams } = teamDraft(a, b, SHOWN, draftCoin('draft', id, String(n)));
      for (const at of shown.clicks(items)) credit[teams[at]]++;
    }
    if (credit.a + credit.b > 0) preferences[credit.a > credit.b ? 'a' : credit.a < credit.b ? 'b' : 'ties']++;
  }
  return preferences;
}

/**
 * The users that an A/B test of clicks per user needs to find the better recommender with a power of 80 % (one look), beside those that team draft needs; for both,
 * the share of (at most 300) experiments of that size that find it; and how often team draft finds a difference where there is none.
 */
export function interleaveOrSplit({ random, experiments: wanted }) {
  const experiments = Math.min(wanted, 300);
  const noise = { a: 1, b: 0.8 };
  const PAST = 200_000;
  // The true effect, from visitors who get both.
  const both = Array.from({ length: PAST }, () => {
    const shown = visitor(random, noise);
    return { a: clicksOn(shown, 'a'), b: clicksOn(shown, 'b') };
  });
  const before = baselineOf('count', momentsOf(both.map(({ a }) => a)));
  const effect = both.reduce((sum, { a, b }) => sum + b.y - a.y, 0) / PAST;
  const split = 2 * Math.ceil(samplesNeeded(before, effect, 0.8, { reading: 'fixed' }) / 2);
  const { preference } = readInterleaved(interleave(random, noise, PAST));
  const interleaved = Math.ceil(((1.96 + 0.8416) * (preference.standardError / preference.estimate)) ** 2 * PAST);
  const share = (find) => {
    let found = 0;
    for (let experiment = 0; experiment < experiments; experiment++) found += find();
    return found / experiments;
  };
  const found = (effect) => effect !== undefined && effect.p < 0.05;
  const same = { a: 1, b: 1 };
  return [
    {
      splitUsers: split,
      interleavedUsers: interleaved,
      times: split / interleaved,
      lift: effect / before.value,
      splitFound: share(() => found(splitTest(random, noise, split))),
      interleavedFound: share(() => found(readInterleaved(interleave(random, noise, interleaved))?.preference)),
      interleavedFoundNothing: share(() => found(readInterleaved(interleave(random, same, interleaved))?.preference)),
      signTestFoundNothing: share(() => readInterleaved(interleave(random, same, interleaved))?.signTestP < 0.05),
    },
  ];
}
