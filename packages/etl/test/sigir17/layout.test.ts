import { expect, test } from '@jest/globals';
import { LAYOUTS, parkLayout } from '../../src/sigir17/layout.js';
import type { Layout } from '../../src/sigir17/layout.js';
import { mapAttractions, mapVisits } from '../../src/sigir17/layout.js';
import type { Survey } from '../../src/sigir17/survey.js';

function survey(header: string): Survey {
  const file = { kind: 'visits', park: 'p', path: '/p.csv', name: 'p.csv' } as const;
  const seen = { bytes: 0, sha256: '', rows: 0, blank: 0, faults: [], hidden: new Set<number>() };
  return { file, ...seen, header: header.split(';'), padded: false, regular: true };
}

test.each([
  ['the files of the parks', 'id;nsid;takenUnix;poiID;poiTheme;poiFreq;rideDuration;seqID', [0, 1, 2, 3, 7]],
  ["the parks' README", 'photoID;userID;dateTaken;poiID;poiTheme;poiFreq;rideDuration;seqID', [0, 1, 2, 3, 7]],
  ['the cities', 'photoID;userID;dateTaken;poiID;poiTheme;poiFreq;seqID', [0, 1, 2, 3, 6]],
  ['another order and case', 'SEQID;POIID;DateTaken;UserId;PhotoID', [4, 3, 2, 1, 0]],
])('visits as in %s are mapped', (_, header, [photo, user, taken, poi, sequence]) => {
  expect(mapVisits(survey(header), LAYOUTS).columns).toEqual({
    photo: [photo],
    user: [user],
    taken: [taken],
    poi: [poi],
    sequence: [sequence],
  });
});

test('a visits file may lack sequences', () => {
  expect(mapVisits(survey('id;nsid;takenUnix;poiID'), LAYOUTS).columns.sequence).toEqual([]);
});

test('attractions of parks and cities are told apart by the ride duration', () => {
  expect(
    mapAttractions(survey('poiID;poiName;lat;long;rideDuration;theme;theme2;theme3;theme4'), LAYOUTS),
  ).toMatchObject({
    names: 'plain',
    columns: { poi: [0], name: [1], latitude: [2], longitude: [3], duration: [4], themes: [5, 6, 7, 8] },
  });
  expect(mapAttractions(survey('poiID;poiName;rideDuration;lat;lon;theme'), LAYOUTS)).toMatchObject({
    names: 'plain',
    columns: { duration: [2], latitude: [3], longitude: [4], themes: [5] },
  });
  expect(mapAttractions(survey('poiID;poiName;lat;long;theme'), LAYOUTS)).toMatchObject({
    names: 'title',
    columns: { duration: [], themes: [4] },
  });
});

test('a header that no layout knows is refused with what each one misses', () => {
  expect(() => mapVisits(survey('id;user;when;poiID;id'), LAYOUTS)).toThrow(
    "'p.csv' has the columns id;user;when;poiID;id; " +
      "read as 'parks' it has id or photoID more than once, no nsid or userID, no takenUnix or dateTaken; " +
      "read as 'cities' it has id or photoID more than once, no nsid or userID, no takenUnix or dateTaken. " +
      "Correct line 1, or give the source 'sigir17' a layout of your own.",
  );
});

test('a layout of your own comes before the others', () => {
  const mine: Layout = {
    ...parkLayout,
    name: 'mine',
    visits: { ...parkLayout.visits, user: { names: ['who'], count: 'one' } },
  };
  expect(mapVisits(survey('id;who;takenUnix;poiID'), [mine, ...LAYOUTS]).columns.user).toEqual([1]);
});
