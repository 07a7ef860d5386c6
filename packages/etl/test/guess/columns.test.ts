import { describe, expect, test } from '@jest/globals';
import { attractionColumns, visitColumns, wordsOf } from '../../src/guess/columns.js';
import type { Assigned } from '../../src/guess/columns.js';
import { sniffDelimited } from '../../src/guess/delimited.js';
import { lookAt } from '../../src/guess/values.js';
import type { ColumnLook } from '../../src/guess/values.js';

function looksOf(text: string): ColumnLook[] {
  const read = sniffDelimited(text);
  const places = read?.names ?? read?.rows[0]?.map((_, i) => i + 1) ?? [];
  return places.map((place, i) => lookAt(place, (read?.rows ?? []).map((row) => row[i] ?? ''))); // prettier-ignore
}

const placesOf = ({ columns }: Assigned) =>
  Object.fromEntries(Object.entries(columns).map(([role, look]) => [role, look.place]));

/** A file as its header and a few rows, and what each column is. */
const VISITS: readonly [what: string, text: string, places: Record<string, string | number>][] = [
  [
    'MovieLens 25M',
    'userId,movieId,rating,timestamp\n1,296,5.0,1147880044\n1,306,3.5,1147868817\n2,307,5.0,1147868828\n',
    { user: 'userId', attraction: 'movieId', weight: 'rating', time: 'timestamp' },
  ],
  [
    'MovieLens 100k: tabs, no header',
    '196\t242\t3\t881250949\n186\t302\t3\t891717742\n22\t377\t1\t878887116\n244\t51\t2\t880606923\n',
    { user: 1, attraction: 2, weight: 3, time: 4 },
  ],
  [
    'MovieLens 1M: two colons',
    '1::1193::5::978300760\n1::661::3::978302109\n2::914::3::978301968\n',
    { user: 1, attraction: 3, weight: 5, time: 7 },
  ],
  [
    'a shop of clicks and purchases',
    'timestamp,visitorid,event,itemid,transactionid\n1433221332117,257597,view,355908,\n1433224214164,992329,view,248676,\n1433221999827,111016,addtocart,318965,\n1433221955914,483717,view,253185,\n',
    { user: 'visitorid', attraction: 'itemid', event: 'event', time: 'timestamp' },
  ],
  [
    'an online store by category',
    'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde\n2019-10-01 00:00:00 UTC,view,3900821,2053013552326770905,appliances,aqua,33.20,554748717,9333dfbd\n2019-10-01 00:00:01 UTC,purchase,17200506,2053013559792632471,furniture,,543.10,519107250,566511c2\n2019-10-01 00:00:01 UTC,view,1307067,2053013558920217191,computers,lenovo,251.74,550050854,7c90fc70\n',
    { user: 'user_id', attraction: 'product_id', event: 'event_type', time: 'event_time' },
  ],
  [
    'invoices',
    'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n536365,85123A,WHITE HANGING HEART,6,12/1/2010 8:26,2.55,17850,United Kingdom\n536366,22633,HAND WARMER,6,12/1/2010 8:28,1.85,17851,France\n536367,84879,BIRD ORNAMENT,32,12/13/2010 8:34,1.69,13047,France\n',
    { user: 'CustomerID', attraction: 'StockCode', weight: 'Quantity', time: 'InvoiceDate' },
  ],
  [
    'a German till',
    'Kundennummer;Artikelnummer;Datum;Menge;Betrag\n1001;A-17;01.05.2026;2;3,50\n1002;A-18;02.05.2026;1;4,00\n1003;A-17;13.05.2026;1;3,50\n',
    { user: 'Kundennummer', attraction: 'Artikelnummer', time: 'Datum', weight: 'Menge' },
  ],
  [
    'a French shop',
    'client_id;produit;date\n12;Chaise;2026-05-01\n13;Table;2026-05-02\n',
    { user: 'client_id', attraction: 'produit', time: 'date' },
  ],
  [
    'a Spanish museum',
    'usuario|obra|fecha\nana|Las Meninas|01/05/2026 10:00\nluis|Guernica|21/05/2026 11:00\n',
    { user: 'usuario', attraction: 'obra', time: 'fecha' },
  ],
  [
    'a library',
    'patron_id,isbn,checked_out_at,branch\n77,9780140328721,2026-05-01T10:00:00+02:00,Mitte\n78,9780140328722,2026-05-02T10:00:00+02:00,West\n',
    { user: 'patron_id', attraction: 'isbn', time: 'checked_out_at' },
  ],
  [
    'a book club',
    'User-ID;ISBN;Book-Rating\n276725;034545104X;0\n276726;0155061224;5\n276727;0446520802;0\n',
    { user: 'User-ID', attraction: 'ISBN', weight: 'Book-Rating' },
  ],
  [
    'reviews of a warehouse',
    'reviewerID,asin,overall,unixReviewTime,reviewerName\nA2SUAM1J3GNN3B,0000013714,5.0,1252800000,J. McDonald\nAZUTX9RKW4QPL,0000013715,1.0,1252900000,Ann\n',
    { user: 'reviewerID', attraction: 'asin', weight: 'overall', time: 'unixReviewTime' },
  ],
  [
    'music',
    'user_id\tartist_id\tartist_name\tplays\nu1\ta1\tabba\t12\nu1\ta2\tbeck\t3\nu2\ta1\tabba\t1\n',
    { user: 'user_id', attraction: 'artist_id', weight: 'plays' },
  ],
  [
    'analytics in microseconds',
    'event_date,event_timestamp,event_name,user_pseudo_id,page_location\n20201101,1604188800000000,page_view,1026454.4271112504,https://shop/a\n20201101,1604188801000000,page_view,1026455.4271112505,https://shop/b\n20201101,1604188802000000,scroll,1026454.4271112504,https://shop/a\n20201101,1604188803000000,page_view,1026456.4271112504,https://shop/c\n',
    { user: 'user_pseudo_id', attraction: 'page_location', event: 'event_name', time: 'event_timestamp' },
  ],
  [
    'a resort of several parks',
    'guest_id,ride_id,park,entered_at\ng1,R1,North,2026-05-01T10:00:00Z\ng2,R2,South,2026-05-01T10:00:00Z\n',
    { user: 'guest_id', attraction: 'ride_id', park: 'park', time: 'entered_at' },
  ],
  [
    'photos of a research data set',
    'photoID;userID;dateTaken;poiID;poiTheme;poiFreq;seqID\n7941;"10@N0";1307836240;6;"Sport";1665;1\n7942;"11@N0";1307836340;7;"Sport";1665;2\n',
    { user: 'userID', attraction: 'poiID', time: 'dateTaken', photo: 'photoID', sequence: 'seqID' },
  ],
  [
    'names of users beside their ids',
    'customer_name,customer_id,product_name,product_id,created_at,updated_at\nAnn B,1,Chair,c1,2026-05-01 10:00:00,2026-06-01 10:00:00\nBob C,2,Table,t1,2026-05-02 10:00:00,2026-06-02 10:00:00\n',
    { user: 'customer_id', attraction: 'product_id', time: 'created_at' },
  ],
];

describe('columns of visits', () => {
  test.each(VISITS)('%s', (_what, text, places) => {
    expect(placesOf(visitColumns(looksOf(text)))).toEqual(places);
  });

  test('without names, what was chosen by values is said to be unsure', () => {
    const { unsure } = visitColumns(looksOf('u1\ti1\t2026-05-01T10:00:00Z\nu2\ti2\t2026-05-01T10:01:00Z\n'));
    expect(Object.keys(unsure).sort()).toEqual(['attraction', 'user']);
  });

  test('ids that a file of attractions has decide between two columns', () => {
    const looks = looksOf('user,product_id,article_id,ts\na,1,X,2026-05-01\nb,2,Y,2026-05-02\n');
    expect(placesOf(visitColumns(looks, new Set(['X', 'Y', 'Z'])))['attraction']).toBe('article_id');
  });
});

const ATTRACTIONS: readonly [what: string, text: string, places: Record<string, string>][] = [
  [
    'movies',
    'movieId,title,genres\n1,Toy Story (1995),Adventure|Animation\n2,"Heat, The",Action\n',
    { attraction: 'movieId', name: 'title', themes: 'genres' },
  ],
  [
    'rides',
    'id;name;lat;lon;rideDuration\n1;Slide;52.1;13.1;5\n2;Wheel;52.2;13.2;7\n',
    { attraction: 'id', name: 'name', latitude: 'lat', longitude: 'lon', durationMinutes: 'rideDuration' },
  ],
  [
    'products of a German shop',
    'Artikelnummer;Bezeichnung;Kategorie\nA-17;Stuhl;Möbel\nA-18;Tisch;Möbel\n',
    { attraction: 'Artikelnummer', name: 'Bezeichnung', themes: 'Kategorie' },
  ],
];

describe('columns of attractions', () => {
  test.each(ATTRACTIONS)('%s', (_what, text, places) => {
    expect(placesOf(attractionColumns(looksOf(text)))).toEqual(places);
  });
});

test('names in any writing are the same words', () => {
  for (const name of ['userId', 'user_id', 'User-ID', '/user/id', 'USER ID'])
    expect(wordsOf(name)).toEqual(['user', 'id']);
  expect(wordsOf('Größe')).toEqual(['grosse']);
});
