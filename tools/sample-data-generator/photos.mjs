const DAY_SECONDS = 24 * 60 * 60;
const FIRST_DAY = Date.UTC(2023, 3, 1) / 1000;
const LAST_PHOTO_OF_A_DAY = 23 * 60 * 60;

/** The latent tastes: their share of all users, and how they weigh the themes. A theme that is not named weighs 0.15. */
const TASTES = [
  { share: 30, themes: { Family: 3, Kiddie: 4, 'Spinning Ride': 2 } },
  { share: 25, themes: { 'Roller Coaster': 4, Drop: 3, Height: 2 } },
  { share: 20, themes: { Water: 5, Drop: 1, 'Spinning Ride': 1 } },
  { share: 15, themes: { Dark: 4, Ride: 2, Indoor: 1 } },
  { share: 10, themes: { Show: 6, Film: 3 } },
];
const INDIFFERENCE = 0.15;
/** The share of stops that visitors make because of popularity alone. */
const FASHION = 0.15;
/** The metres after which an attraction draws a quarter as much as the next one, from where people are. */
const REACH_METRES = 100;
/** Metres of a degree of latitude, and of longitude about where the parks lie: constants, since a cosine may differ between engines. */
const NORTH_METRES = 111_195;
const EAST_METRES = 81_000;
/** How many parks a user sees in all, and how much each park draws. */
const PARKS_SEEN = [55, 30, 15];
const PARK_DRAW = [5, 4, 3, 2, 2];

/**
 * Photos of invented users in the parks, until there are `count` or a few more: the last user is photographed to the end.
 * A user has one taste, sees one to three parks, each on one to four days of its own; a day is one travel sequence,
 * with photos less than 8 hours apart, and more than 8 hours from any other day's.
 *
 * @returns {{ photoId: number, userId: string, takenUnix: number, park: string, attraction: object, day: number }[]}
 */
export function takePhotos(parks, count, random) {
  const photos = [];
  const users = new Set();
  let photoId = 99_000_000_000;
  while (photos.length < count) {
    const userId = `${random.between(10_000_000, 299_999_999)}@N99`;
    if (users.has(userId)) continue;
    users.add(userId);
    const taste = TASTES[random.weighted(TASTES.map(({ share }) => share))];
    let day = random.between(0, 500);
    for (const { park, attractions } of choosePark(parks, random)) {
      const draw = {
        byTaste: attractions.map((each) => appeal(each, taste)),
        byAll: attractions.map(({ pull }) => pull),
      };
      for (let days = 1 + random.streak(0.4, 3); days > 0; days--, day++) {
        for (const { attraction, takenUnix } of spendDay(attractions, draw, day, random)) {
          photoId += random.between(1, 999);
          photos.push({ photoId, userId, takenUnix, park, attraction, day });
        }
      }
      day += random.next() < 0.5 ? 0 : random.between(20, 200);
    }
  }
  return photos;
}

function choosePark(parks, random) {
  const draws = [...PARK_DRAW];
  return Array.from({ length: 1 + random.weighted(PARKS_SEEN) }, () => {
    const index = random.weighted(draws);
    draws[index] = 0;
    return parks[index];
  });
}

function appeal({ pull, themes: [main, ...others] }, taste) {
  const weight = (theme) => taste.themes[theme] ?? (theme === '' ? 0 : INDIFFERENCE);
  return pull * (weight(main) + 0.3 * others.reduce((sum, theme) => sum + weight(theme), 0));
}

/** The photos of one day: two stops or more, mostly each at another attraction and not far from the last; here and there a long rest. */
function* spendDay(attractions, draw, day, random) {
  const midnight = FIRST_DAY + day * DAY_SECONDS;
  const seen = new Set();
  let clock = random.between(9 * 3600, 13 * 3600);
  let here;
  for (let stops = 2 + random.streak(0.75, 12); stops > 0 && clock < LAST_PHOTO_OF_A_DAY; stops--) {
    const draws = random.next() < FASHION ? draw.byAll : draw.byTaste;
    const index = random.weighted(draws.map((weight, to) => weight * nearness(here, attractions[to])));
    if (seen.has(index) && random.next() < 0.6) continue;
    seen.add(index);
    here = attractions[index];
    for (let shots = 1 + random.streak(0.5, 20); shots > 0 && clock < LAST_PHOTO_OF_A_DAY; shots--) {
      yield { attraction: attractions[index], takenUnix: midnight + clock };
      clock += random.between(4, 150);
    }
    clock += attractions[index].minutes * 60 + random.between(8 * 60, 70 * 60);
    if (random.next() < 0.03) clock += random.between(3 * 3600, 5 * 3600);
  }
}

/** 1 at the place itself or where nobody is anywhere yet, a quarter after the reach, and falling by the square. */
function nearness(from, to) {
  if (from === undefined) return 1;
  const north = (to.lat - from.lat) * NORTH_METRES;
  const east = (to.long - from.long) * EAST_METRES;
  const reaches = 1 + Math.sqrt(north * north + east * east) / REACH_METRES;
  return 1 / (reaches * reaches);
}
