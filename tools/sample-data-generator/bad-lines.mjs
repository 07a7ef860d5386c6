/**
 * Bad lines of photos, of kinds that occur in real files: how many of each, and how a good line is broken. `spoil` takes the fields of a good line that is
 * used nowhere else (`PHOTO`, `USER`, … index them) and the number of the bad line within its kind. A `repeat` is inserted after the good line that it
 * repeats, which is kept.
 */
const [PHOTO, USER, TIME, POI] = [0, 1, 2, 3];
const set = (fields, index, value) => fields.with(index, value);

export const BAD_LINES = [
  {
    kind: 'a time that is no number',
    count: 6,
    spoil: (fields, n) => set(fields, TIME, ['yesterday', '', '12:30', '2024-05-01T10:00:00Z', '17l4567890', 'NaN'][n]),
  },
  {
    kind: 'an attraction that the park does not have',
    count: 6,
    spoil: (fields, n) => set(fields, POI, ['0', '99', '-1', '1000', '31', '404'][n]),
  },
  {
    kind: 'a missing field',
    count: 5,
    spoil: (fields, n) => fields.toSpliced([TIME, 7, USER, POI, 4][n], 1),
  },
  {
    kind: 'an extra field',
    count: 4,
    spoil: (fields, n) => fields.toSpliced([8, 5, 8, 1][n], 0, ['"late"', '0', '1', '"?"'][n]),
  },
  {
    kind: 'a photo id that repeats',
    count: 7,
    repeat: true,
    spoil: (fields, n) => (n < 4 ? fields : set(fields, TIME, Number(fields[TIME]) + 1)),
  },
  {
    kind: 'an empty user',
    count: 4,
    spoil: (fields, n) => set(fields, USER, n % 2 === 0 ? '""' : ''),
  },
  {
    kind: 'an impossible time: negative, zero, or thousands of years off',
    count: 5,
    spoil: (fields, n) => set(fields, TIME, [-86400, 0, 99999999999, `${fields[TIME]}000`, -1][n]),
  },
  {
    kind: 'noise: control characters and letters of no alphabet, still UTF-8',
    count: 3,
    spoil: (_, n) =>
      [
        ['PK\u0003\u0004\u0014\u0008\u0008\ufffd\ufffdx\u0001\ufffd'],
        ['\u001b[31m\ufffd\ufffd\u0007\u0002', '\u0006', '\u00ff\u00fe'],
        ['\u007f\u2593\u2592\u2591;\ufffd;\u0005;;;;;;;\u0010'],
      ][n],
  },
];

/** The id of a photo of a bad line: no other line has it, unless it repeats one on purpose. */
const FIRST_BAD_PHOTO_ID = 98_000_000_001;

/**
 * Puts the bad lines among the good ones, spread over the files.
 *
 * @param {Map<string, string[][]>} files the fields of the good lines, by park
 * @returns {Map<string, string[][]>} all lines, by park
 */
export function addBadLines(files, random) {
  const parks = [...files.keys()];
  const result = new Map(parks.map((park) => [park, [...files.get(park)]]));
  let made = 0;
  for (const { count, repeat = false, spoil } of BAD_LINES) {
    for (let n = 0; n < count; n++, made++) {
      const park = parks[made % parks.length];
      const lines = result.get(park);
      const good = random.pick(files.get(park));
      const after = lines.indexOf(good) + 1;
      const fields = repeat ? good : set(good, PHOTO, String(FIRST_BAD_PHOTO_ID + made));
      lines.splice(
        repeat ? random.between(after, Math.min(after + 50, lines.length)) : after,
        0,
        spoil(fields, n).map(String),
      );
    }
  }
  return result;
}
