/**
 * Writes the sample data: invented parks, visitors and photos in the format of the SIGIR'17 theme park data, with some bad lines on purpose. The same seed
 * gives the same bytes.
 *
 *     node tools/generate-sample-data.mjs                         # tools/sample-data, as committed
 *     node tools/generate-sample-data.mjs --seed 7 --out /tmp/x   # other visitors, in another folder
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addBadLines, BAD_LINES } from './sample-data-generator/bad-lines.mjs';
import { inventParks } from './sample-data-generator/parks.mjs';
import { takePhotos } from './sample-data-generator/photos.mjs';
import { seededRandom } from './sample-data-generator/random.mjs';
import { describe } from './sample-data-generator/readme.mjs';

const DEFAULT_SEED = 20170807;
const PHOTOS = 10_000;
/** The attraction whose latitude is broken. It is photographed like any other; only its place is unknown. */
const UNPLACED = { park: 'TidewrackBay', poiId: 5, lat: '39°24′N' };

/** All files of the sample data for a seed: relative path -> text. */
export function generate(seed) {
  const random = seededRandom(seed);
  const parks = inventParks(random);
  const photos = takePhotos(parks, PHOTOS, random);
  const good = new Map(parks.map(({ park }) => [park, photoLines(photos.filter((photo) => photo.park === park))]));
  const all = addBadLines(good, random);
  const files = new Map();
  for (const { park, attractions } of parks) {
    files.set(`poiList-sample/POI-${park}.csv`, poiFile(park, attractions));
    files.set(`userVisits-sample/userVisits-${park}-allPOI.csv`, csv(VISITS_HEADER, all.get(park)));
  }
  const counts = countAll(seed, parks, photos);
  files.set('counts.json', `${JSON.stringify(counts, undefined, 2)}\n`);
  files.set('README.md', describe(counts));
  return files;
}

const POI_HEADER = 'poiID;poiName;lat;long;rideDuration;theme;theme2;theme3;theme4'.split(';');
const VISITS_HEADER = 'id nsid takenUnix poiID poiTheme poiFreq rideDuration seqID'.split(' ').map(quoted);

function poiFile(park, attractions) {
  const rows = attractions.map(({ poiId, name, lat, long, minutes, themes }) => {
    const unplaced = park === UNPLACED.park && poiId === UNPLACED.poiId;
    return [poiId, name, unplaced ? UNPLACED.lat : lat, long, minutes, ...themes];
  });
  return csv(POI_HEADER, rows);
}

/**
 * The good lines of one park as the real files have them: by user, then time; sequences numbered from 1 through the file;
 * `poiFreq` the photos of the attraction in this file, `rideDuration` in seconds.
 */
function photoLines(photos) {
  const ordered = photos.toSorted((a, b) => compare(a.userId, b.userId) || a.takenUnix - b.takenUnix);
  const frequency = countBy(photos, ({ attraction }) => attraction.poiId);
  const sequences = new Map();
  return ordered.map(({ photoId, userId, takenUnix, attraction, day }) => {
    const { poiId, minutes, themes } = attraction;
    const sequence = sequenceOf(sequences, `${userId} ${day}`);
    const fields = [
      photoId,
      quoted(userId),
      takenUnix,
      poiId,
      quoted(themes[0]),
      frequency.get(poiId),
      minutes * 60,
      sequence,
    ];
    return fields.map(String);
  });
}

function sequenceOf(sequences, key) {
  if (!sequences.has(key)) sequences.set(key, sequences.size + 1);
  return sequences.get(key);
}

/** What a correct reader finds; a visit is a distinct user, park, attraction and sequence. */
function countAll(seed, parks, photos) {
  const badLines = Object.fromEntries(BAD_LINES.map(({ kind, count }) => [kind, count]));
  const bad = BAD_LINES.reduce((sum, { count }) => sum + count, 0);
  const distinct = (of, key) => new Set(of.map(key)).size;
  const visitsOf = (of) => distinct(of, ({ userId, attraction, day }) => `${userId} ${attraction.poiId} ${day}`);
  const byPark = parks.map(({ park, attractions }) => {
    const here = photos.filter((photo) => photo.park === park);
    return {
      park,
      attractions: attractions.length,
      photos: here.length,
      users: distinct(here, ({ userId }) => userId),
      sequences: distinct(here, ({ userId, day }) => `${userId} ${day}`),
      visits: visitsOf(here),
    };
  });
  const sum = (key) => byPark.reduce((total, park) => total + park[key], 0);
  return {
    seed,
    rows: photos.length + bad,
    photos: photos.length,
    bad,
    badLines,
    users: distinct(photos, ({ userId }) => userId),
    attractions: sum('attractions'),
    attractionsVisited: distinct(photos, ({ park, attraction }) => `${park}:${attraction.poiId}`),
    badCoordinates: 1,
    sequences: sum('sequences'),
    visits: sum('visits'),
    parks: byPark,
  };
}

function countBy(items, key) {
  const counts = new Map();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}

function csv(header, rows) {
  return [header, ...rows].map((fields) => `${fields.join(';')}\r\n`).join('');
}

function quoted(text) {
  return `"${text}"`;
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

function write(files, folder) {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = { seed: { type: 'string' }, out: { type: 'string' } };
  const { seed = String(DEFAULT_SEED), out = join(import.meta.dirname, 'sample-data') } = parseArgs({ options }).values;
  if (!/^\d{1,9}$/.test(seed)) throw new Error(`The seed '${seed}' is not an integer from 0 to 999999999; give one.`);
  write(generate(Number(seed)), out);
}
