/**
 * The five invented parks. They are in the open Atlantic, so that nobody takes one for a real place. `words` and the nouns of a kind make the names of
 * attractions; `signature` names have what occurs in real CSV files: apostrophes, ampersands, letters beyond ASCII.
 */
const PARKS = [
  {
    park: 'EmberIsle',
    lat: 41.2034,
    long: -38.5121,
    attractions: 28,
    words: ['Cinder', 'Lava', 'Obsidian', 'Ashfall', 'Magma', 'Geyser', 'Brimstone', 'Scoria', 'Kindling', 'Beacon'],
    signature: ['Old Grumblecap', 'The Salamander’s Café'],
  },
  {
    park: 'FoxgloveFair',
    lat: 43.8811,
    long: -33.0457,
    attractions: 26,
    words: [
      'Bramble',
      'Thistle',
      'Hedgerow',
      'Dragonfly',
      'Clover',
      'Toadstool',
      'Barley',
      'Willow',
      'Acorn',
      'Meadow',
    ],
    signature: ["Mother Wimple's Hay Cart", 'Bees & Bells'],
  },
  {
    park: 'TidewrackBay',
    lat: 39.4167,
    long: -41.7302,
    attractions: 24,
    words: [
      'Barnacle',
      'Kelp',
      'Lantern',
      'Gullwing',
      'Driftwood',
      'Undertow',
      'Mariner',
      'Coral',
      'Harbour',
      'Spindrift',
    ],
    signature: ["Captain Marrow's Map", 'Ørn the Whale'],
  },
  {
    park: 'ClockworkHeath',
    lat: 45.1293,
    long: -29.6618,
    attractions: 22,
    words: [
      'Cogwheel',
      'Pendulum',
      'Brass',
      'Mainspring',
      'Copper',
      'Piston',
      'Sprocket',
      'Gaslight',
      'Rivet',
      'Escapement',
    ],
    signature: ['13 O’Clock', 'Tick, Tock & Sons'],
  },
  {
    park: 'StarlingPeaks',
    lat: 47.3055,
    long: -35.9884,
    attractions: 20,
    words: [
      'Glacier',
      'Alpine',
      'Falcon',
      'Summit',
      'Snowdrift',
      'Cairn',
      'Northlight',
      'Larch',
      'Avalanche',
      'Moraine',
    ],
    signature: ['Zum Höhenflug', 'Echo! Echo!'],
  },
];

/** Kinds of attraction by their first theme: how many in ten, their nouns, further themes, and minutes that they last. */
const KINDS = [
  {
    theme: 'Roller Coaster',
    share: 2,
    nouns: ['Plunge', 'Racer', 'Runaway', 'Twister'],
    more: [';;', 'Height;;', 'Dark;;Indoor'],
    minutes: [1.5, 2, 3, 4],
  },
  {
    theme: 'Family',
    share: 2,
    nouns: ['Railway', 'Trail', 'Treehouse', 'Parade'],
    more: [';;', 'Ride;;', 'Ride;Dark;Indoor'],
    minutes: [3, 4.5, 10, 20],
  },
  {
    theme: 'Kiddie',
    share: 1,
    nouns: ['Carousel', 'Hopper', 'Playground'],
    more: ['Family;;', ';;'],
    minutes: [1, 2, 9],
  },
  {
    theme: 'Spinning Ride',
    share: 1,
    nouns: ['Whirl', 'Teacups', 'Orbit'],
    more: [';;', 'Family;;'],
    minutes: [1.5, 3],
  },
  { theme: 'Water', share: 1, nouns: ['Rapids', 'Flume', 'Lagoon'], more: ['Ride;;', 'Drop;;'], minutes: [5, 7.5, 14] },
  {
    theme: 'Dark',
    share: 1,
    nouns: ['Manor', 'Mine', 'Labyrinth'],
    more: ['Ride;;Indoor', ';;Indoor'],
    minutes: [4, 6, 7],
  },
  {
    theme: 'Ride',
    share: 1,
    nouns: ['Simulator', 'Flight', 'Tower'],
    more: ['3D Ride;;Indoor', 'Drop;;', 'Height;;'],
    minutes: [4.25, 5.5, 15],
  },
  {
    theme: 'Show',
    share: 1,
    nouns: ['Theatre', 'Spectacular', 'Stories'],
    more: ['Family;;', 'Film;;Indoor'],
    minutes: [12, 17, 25, 35],
  },
];

/**
 * The parks with their attractions.
 *
 * @returns {{ park: string, attractions: { poiId: number, name: string, lat: string, long: string, minutes: number, themes: string[], pull: number }[] }[]}
 * `themes` has the four theme columns, `pull` is how much an attraction draws people of any taste: 1/2, 1/3, 1/4, …
 * in an order that has nothing to do with the ids.
 */
export function inventParks(random) {
  return PARKS.map(({ park, lat, long, attractions: count, words, signature }) => {
    const pulls = random.shuffled(Array.from({ length: count }, (_, rank) => 1 / (rank + 2)));
    const names = new Set();
    const attractions = pulls.map((pull, index) => {
      const kind = index < KINDS.length ? KINDS[index] : KINDS[random.weighted(KINDS.map(({ share }) => share))];
      return {
        poiId: index + 1,
        name: signature[index - KINDS.length] ?? inventName(words, kind.nouns, names, random),
        lat: (lat + random.between(-5000, 5000) / 1e6).toFixed(6),
        long: (long + random.between(-5000, 5000) / 1e6).toFixed(6),
        minutes: random.pick(kind.minutes),
        themes: [kind.theme, ...random.pick(kind.more).split(';')],
        pull,
      };
    });
    return { park, attractions };
  });
}

function inventName(words, nouns, taken, random) {
  let name;
  do name = `${random.pick(words)} ${random.pick(nouns)}`;
  while (taken.has(name));
  taken.add(name);
  return name;
}
