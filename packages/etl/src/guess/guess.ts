import type { ColumnPlace } from '../files/options.js';
import { attractionColumns, examples, nameScore, visitColumns } from './columns.js';
import type { Assigned, Role } from './columns.js';
import type { FilesLook, PathsLook } from './look.js';
import type { ColumnLook } from './values.js';

/** A source as the configuration has it. */
export interface GuessedSource {
  readonly type: string;
  readonly columns?: Readonly<Record<string, ColumnPlace>>;
  readonly [option: string]: unknown;
}

/** What would be read of files, and how sure that is. */
export interface Guess {
  readonly sources: { readonly visits: GuessedSource; readonly attractions?: GuessedSource };
  readonly events?: Readonly<Record<string, number>>;
  /** What to look at, by the key it is about: `sources.visits.columns.time`, as sentences. */
  readonly notes: Readonly<Record<string, readonly string[]>>;
  /** Columns that may be of use, written as comments: a key, its value, and why. */
  readonly offers: Readonly<Record<string, readonly Offer[]>>;
}

/** A column that was not taken. */
export interface Offer {
  readonly key: string;
  readonly value: ColumnPlace;
  readonly reason: string;
}

/** Why there is no guess. */
export interface NoGuess {
  readonly problem: string;
}

/** With fewer points, nothing says that a file is one of visits. */
const LEAST_SCORE = 5;

/** Guesses which files are visits and which attractions, and where the values of each are. Pure. */
export function guessSources({ found, leftOut, sigir17 }: PathsLook): Guess | NoGuess {
  if (sigir17 !== undefined)
    return { sources: { visits: { type: 'sigir17', folder: sigir17 } }, notes: {}, offers: {} };
  const ranked = found
    .map((files) => ({ files, assigned: visitColumns(files.looks) }))
    .sort((a, b) => rankOf(b) - rankOf(a));
  const [best] = ranked;
  if (!best) {
    const reasons = leftOut.slice(0, 5).map(({ path, reason }) => `'${path}' ${reason}`);
    return { problem: `Nothing there can be read as visits${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}.` };
  }
  if (best.assigned.visitsScore < LEAST_SCORE || !best.assigned.columns.user || !best.assigned.columns.attraction) {
    const named = best.files.looks.map(({ place }) => `'${place}'`).join(', ');
    return {
      problem: `Visits need a user, an attraction and a time, and nothing says which columns they are: '${[best.files.files].flat()[0]}' has ${named}.`,
    };
  }
  const others = ranked.slice(1).map(({ files }) => files);
  const notes = new Notes();
  const items = itemsAmong(others, best.assigned);
  const known = new Set(items?.assigned.columns.attraction?.distinct);
  const visits = visitColumns(best.files.looks, known);
  const sources = {
    visits: visitsSource(best.files, visits, notes),
    ...(items && { attractions: attractionsSource(items.files, items.assigned, visits, notes) }),
  };
  const events = visits.columns.event && weightsOf(visits.columns.event, notes);
  if (!items && typeof visits.columns.attraction?.place === 'string') offerNames(best.files, visits, notes);
  for (const { files } of others) {
    if (files === items?.files.files) continue;
    notes.add('sources', `Not read: ${[files].flat()[0] ?? ''}.`);
  }
  return { sources, ...(events && { events }), notes: notes.all, offers: notes.offered };
}

function rankOf({ files, assigned }: { readonly files: FilesLook; readonly assigned: Assigned }): number {
  // Of two files with users, the one with more of them is the log.
  const rows = Math.max(0, ...files.looks.map(({ count }) => count)) * files.count;
  const isKept = assigned.columns.user && assigned.columns.time ? 2 : 0;
  return assigned.visitsScore + isKept + Math.min(0.9, Math.log10(1 + rows) / 10);
}

/** Files of attractions: with ids that are visited, or with names and no users. */
function itemsAmong(others: readonly FilesLook[], { columns }: Assigned) {
  const visited = new Set(columns.attraction?.distinct);
  const scored = others.map((files) => {
    const assigned = attractionColumns(files.looks, visited);
    const { attraction, name, latitude, themes } = assigned.columns;
    const overlap = attraction?.distinct.filter((id) => visited.has(id)).length ?? 0;
    const hasUsers = files.looks.some(({ place }) => nameScore('user', place) >= 9);
    const described = [name, latitude, themes].filter(Boolean).length;
    const score = !attraction || hasUsers || described === 0 ? 0 : described + (overlap > 0 ? 10 : 0);
    return { files, assigned, score };
  });
  const [best] = scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
  return best;
}

class Notes {
  readonly all: Record<string, string[]> = {};
  readonly offered: Record<string, Offer[]> = {};
  add(key: string, note: string): void {
    (this.all[key] ??= []).push(note);
  }
  offer(key: string, offer: Offer): void {
    (this.offered[key] ??= []).push(offer);
  }
}

/** What the options of a file are, besides its columns. */
function formOf(files: FilesLook, key: string, notes: Notes): GuessedSource {
  const { type, encoding, encodingExample, delimiter, quote, hasHeader, database } = files;
  if (database) return { type, ...database };
  if (encoding === 'latin1')
    notes.add(`${key}.encoding`, `The text is not UTF-8. As Latin-1 (Windows-1252) it has words such as '${encodingExample}'.`); // prettier-ignore
  const listed = typeof files.files === 'string' ? 1 : files.files.length;
  if (typeof files.files !== 'string' && listed < files.count)
    notes.add(`${key}.files`, `These are ${listed} of ${files.count} files that are alike; write a pattern for all.`);
  return {
    type,
    files: files.files,
    ...(encoding !== undefined && { encoding }),
    ...(type === 'csv' && delimiter !== undefined && delimiter !== ',' && { delimiter }),
    ...(type === 'csv' && quote !== '"' && { quote }),
    ...(type === 'csv' && hasHeader === false && { header: false }),
  };
}

function placesOf(assigned: Assigned, roles: readonly Role[], key: string, notes: Notes): Record<string, ColumnPlace> {
  const places: Record<string, ColumnPlace> = {};
  for (const role of roles) {
    const look = assigned.columns[role];
    if (!look) continue;
    places[role] = look.place;
    const unsure = assigned.unsure[role];
    if (unsure !== undefined) notes.add(`${key}.columns.${role}`, unsure);
  }
  return places;
}

function visitsSource(files: FilesLook, assigned: Assigned, notes: Notes): GuessedSource {
  const key = 'sources.visits';
  const form = formOf(files, key, notes);
  const roles = ['user', 'attraction', 'time', 'park', 'event', 'weight', 'photo', 'sequence'] as const;
  const columns = placesOf(assigned, roles, key, notes);
  const { time, weight, park } = assigned.columns;
  if (!time) {
    columns['time'] = { constant: '2000-01-01' };
    notes.add(`${key}.columns.time`, 'No column has times, so all visits are given the same. What is learned of times and order means nothing then.'); // prettier-ignore
  } else if (time.emptyShare > 0.05)
    notes.add(`${key}.columns.time`, `${Math.round(time.emptyShare * 100)} % of the times are empty; those rows are refused.`); // prettier-ignore
  if (time?.time?.orElse !== undefined && !time.time.orElse.startsWith('unix'))
    notes.add(`${key}.timeFormat`, `It may be '${time.time.orElse}' as well: ${examples(time)}.`);
  if (weight && !/rating|stars|score|overall|grade|bewertung|weight|sterne/i.test(String(weight.place)))
    notes.add(`${key}.columns.weight`, `A visit counts ${examples(weight)} times then; leave it out where it should count once.`); // prettier-ignore
  else if (weight)
    notes.add(`${key}.columns.weight`, 'Ratings: for a model that predicts them, set ALS_IMPLICIT_FEEDBACK=false; else a low rating is still a visit.'); // prettier-ignore
  if (park) notes.add(`${key}.columns.park`, `An attraction's id is 'park:id' then; with ids that are unique over all parks, set ids: 'global'.`); // prettier-ignore
  const growing = files.database && growingColumn(files, assigned);
  if (growing !== undefined)
    notes.add(`${key}.query`, `Where rows are only added and '${growing}' only grows, add watermark: '${growing}', so that a run reads new rows alone.`); // prettier-ignore
  offerOthers(files, assigned, notes);
  // A database has times of its own, which come as ISO 8601.
  const format = files.database && time?.time?.format === 'iso' ? undefined : time?.time?.format;
  return { ...form, columns, ...(format !== undefined && { timeFormat: format }) };
}

/** A number of the row itself, by its name and by being another one in each row. */
function growingColumn({ looks }: FilesLook, { columns }: Assigned): string | undefined {
  const taken = new Set(Object.values(columns).map(({ place }) => place));
  return looks
    .filter(({ kind, count, distinct }) => kind === 'integer' && count > 1 && distinct.length === count)
    .map(({ place }) => String(place))
    .find((place) => !taken.has(place) && /(^|_)(id|seq|sequence|serial)$/i.test(place));
}

/** Columns that were not taken, and may be of use. */
function offerOthers({ looks, varying }: FilesLook, { columns }: Assigned, notes: Notes): void {
  const key = 'sources.visits.columns';
  const taken = new Set(Object.values(columns));
  if (varying && !columns.park)
    notes.offer(key, { key: 'park', value: { fileName: varying.fileName }, reason: `where the names of files tell parks: ${varying.values.slice(0, 3).join(', ')}` }); // prettier-ignore
  for (const look of looks) {
    if (taken.has(look) || typeof look.place === 'number') continue;
    if (!columns.park && !varying && /^(store|shop|branch|filiale|standort|city|region|country|market|venue|location)/i.test(look.place) && look.distinct.length > 1 && look.distinct.length <= 50)
      notes.offer(key, { key: 'park', value: look.place, reason: `where each is a place of its own: ${examples(look)}` }); // prettier-ignore
    if (!columns.sequence && /(session|trip|basket|order|visit)[^a-z]?(id|no|nr|number)$/i.test(look.place))
      notes.offer(key, { key: 'sequence', value: look.place, reason: 'where what is done in one of them is one visit; else a pause of SEQUENCE_GAP_HOURS ends it' }); // prettier-ignore
    if (!columns.photo && /^(event|row|log|record|transaction|interaction)?[^a-z]?(id|uuid)$/i.test(look.place) && look.distinct.length >= look.count * (1 - look.emptyShare))
      notes.offer(key, { key: 'photo', value: look.place, reason: 'where rows of one value are copies, of which one counts' }); // prettier-ignore
  }
}

function offerNames({ looks }: FilesLook, { columns }: Assigned, notes: Notes): void {
  const taken = new Set(Object.values(columns));
  const named = looks.find((look) => !taken.has(look) && look.kind === 'text' && nameScore('name', look.place) >= 4);
  if (named && typeof named.place === 'string')
    notes.offer('sources.visits.columns', { key: 'attraction', value: named.place, reason: 'where its names are unique and should be shown; or give a source of attractions with names' }); // prettier-ignore
}

function attractionsSource(
  files: FilesLook,
  assigned: Assigned,
  { columns: visits }: Assigned,
  notes: Notes,
): GuessedSource {
  const key = 'sources.attractions';
  const form = formOf(files, key, notes);
  const hasPark = visits.park !== undefined;
  const roles = ['attraction', 'name', ...(hasPark ? (['park'] as const) : []), 'latitude', 'longitude', 'durationMinutes', 'themes'] as const; // prettier-ignore
  const columns = placesOf(assigned, roles, key, notes);
  const ids = new Set(assigned.columns.attraction?.distinct);
  const seen = visits.attraction?.distinct ?? [];
  const known = seen.filter((id) => ids.has(id)).length;
  if (known === 0)
    notes.add(`${key}.columns.attraction`, `None of the first visits is of one of these: ${examples(assigned.columns.attraction ?? EMPTY)}; visited are ${examples(visits.attraction ?? EMPTY)}.`); // prettier-ignore
  if (!assigned.columns.name) notes.add(`${key}.columns`, 'No column has names, so lists show ids.');
  if (hasPark && !assigned.columns.park)
    notes.add(`${key}.columns`, "Visits have a park and attractions have none, so none is found: set ids: 'global', or leave the park out."); // prettier-ignore
  const themes = assigned.columns.themes;
  if (themes?.kind === 'text' && themes.distinct.some((value) => /[,;]/.test(value)))
    notes.add(`${key}.columns.themes`, `Several themes are separated by '|' or are a list; these are one text each: ${examples(themes)}.`); // prettier-ignore
  const { park } = assigned.columns;
  if (park && !hasPark)
    notes.offer(`${key}.columns`, { key: 'park', value: park.place, reason: `a place to show: ${examples(park)}` });
  return { ...form, columns };
}

const EMPTY: ColumnLook = { place: '', kind: 'empty', count: 0, emptyShare: 1, distinct: [] };

/** What events may weigh, by their names. */
const WEIGHTS: readonly (readonly [RegExp, number])[] = [
  [
    /^un|dislike|negative|skip|hide|report|leave|left|abandon|remove|return|refund|cancel|down|block|bounce|ablehn|storn/i,
    -1,
  ],
  [/impression|shown|exposure|display|scroll|heartbeat|login|logout|search|sent/i, 0],
  [/purchase|buy|bought|order|transaction|checkout|kauf|book|reserv|achat|compra|subscribe/i, 4],
  [/like|fav|love|wish|mark|save|share|up$|upvote|follow|merk|heart|complete|finish/i, 3],
  [/cart|basket|warenkorb|add/i, 2],
];

function weightsOf(event: ColumnLook, notes: Notes): Readonly<Record<string, number>> {
  notes.add('events', `Weights by the names of what the first ${event.count} rows have: above 0 speaks for the attraction, below 0 against it, 0 says nothing. A row with any other event is refused.`); // prettier-ignore
  return Object.fromEntries(
    event.distinct.map((name) => [name, WEIGHTS.find(([pattern]) => pattern.test(name))?.[1] ?? 1] as const),
  );
}
