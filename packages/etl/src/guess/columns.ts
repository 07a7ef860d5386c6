import type { AttractionColumn, VisitColumn } from '../files/options.js';
import type { ColumnLook } from './values.js';

/** What a column may be; `label` names the attraction in a file of visits. */
export type Role = Exclude<VisitColumn, 'tenant'> | AttractionColumn;

/** Words that people name columns with, in several languages, without what stands for `id`. */
const WORDS: Readonly<Record<Role, string>> = {
  user: `user users customer client visitor member guest patron shopper buyer viewer listener reader player subscriber reviewer rater passenger consumer
    household profile account person people kunde kunden benutzer nutzer besucher gast mitglied utilisateur usuario cliente visiteur utente klant bezoeker ns u uid
    userpseudo fullvisitor anonymous distinct cookie device card email username login nickname`,
  attraction: `item items product sku article artikel attraction poi ride movie film book isbn track song exhibit exhibition object objekt artwork work werk asin
    parentasin content page url uri path place venue location business listing hotel recipe course game video show restaurant attraktion produkt exponat
    media post offer service station room hall stand booth gallery podcast episode album artist app stock variant plu ean gtin upc barcode produit producto
    articulo obra oeuvre prodotto destination stop iid stockcode`,
  time: `time timestamp ts date datetime at created createdat when datum zeit zeitpunkt zeitstempel uhrzeit eventtime occurredat visitedat viewedat orderdate
    purchasedate reviewtime ratingtime unixreviewtime dt day tag fecha fechahora heure horodatage data ora tijd taken takenunix datetaken timestampms
    ratedat watchedat playedat`,
  park: 'park site resort zoo museum themepark parc freizeitpark',
  photo: 'photo picture foto',
  sequence: 'sequence seq trip travelsequence',
  event: `event eventtype eventname action actiontype interaction interactiontype behavior behaviour behaviortype behaviourtype activity verb ereignis aktion
    evenement accion signal feedback reaction type kind`,
  weight: `rating stars score weight overall grade bewertung sterne punkte note puntuacion preference strength quantity qty menge anzahl count plays playcount listens
    units frequency`,
  name: 'name title productname producttitle itemname movietitle booktitle label titel bezeichnung benennung nom titre nombre titulo caption description',
  latitude: 'lat latitude breite breitengrad latitud',
  longitude: 'lon lng long longitude laenge laengengrad longitud',
  durationMinutes: 'durationminutes durationmin rideduration rideminutes minutes runtimeminutes runtime',
  themes: `tags tag category categories genre genres theme themes topics topic keywords kategorie kategorien schlagworte department type style period
    subjects section`,
};

const SETS = Object.fromEntries(
  Object.entries(WORDS).map(([role, text]) => [role, new Set(text.split(/\s+/))]),
) as unknown as Readonly<Record<Role, ReadonlySet<string>>>;

/** What follows the word that says what is meant. */
const IDENTIFIERS = /(id|ids|no|nr|num|number|nummer|key|code|uuid|guid|hash|identifier|ref)$/;

/** The words of a name: `userId`, `user_id` and `/user/id` are `user id`. */
export function wordsOf(name: string): readonly string[] {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss');
  const spaced = plain.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2');
  return spaced.toLowerCase().split(/[^a-z\d]+/).filter((word) => word !== ''); // prettier-ignore
}

/** How well a column's name is one for a role, from 0 to 10. */
export function nameScore(role: Role, place: ColumnLook['place']): number {
  if (typeof place === 'number') return 0;
  const words = wordsOf(place);
  const all = SETS[role];
  const whole = words.join('');
  const isIdentified = (role === 'user' || role === 'attraction') && IDENTIFIERS.test(whole);
  const stem = isIdentified ? whole.replace(IDENTIFIERS, '') : whole;
  if (isIdentified && all.has(stem)) return 10;
  if (all.has(whole)) return role === 'user' || role === 'attraction' ? 9 : 10;
  // A number at the end: the first of several themes.
  if (all.has(whole.replace(/\d+$/, ''))) return 7;
  if (role === 'time' && words.some((word) => /^(birth|born|dob|release|released|expires?|expiry|end|until|modified|updated|signup|registered|joined)$/.test(word))) return 1; // prettier-ignore
  const known = words.filter((word) => all.has(word)).length;
  if (known === 0) return 0;
  // `customer_name`, `item_price` and `user_country` say something else of the same thing.
  const isOther = words.some((word) => OTHER.has(word)) && (role === 'user' || role === 'attraction');
  return isOther ? 2 : words.some((word) => IDENTIFIERS.test(word) && word.length <= 6) ? 6 : 4;
}

const OTHER = new Set(
  'name title price country city age gender type category brand count group segment lat lon description status zip plan level score rating time date'.split(
    ' ',
  ),
);

/** What was made of a file's columns. */
export interface Assigned {
  readonly columns: Readonly<Partial<Record<Role, ColumnLook>>>;
  /** Roles whose column was chosen with little to go by, each with the reason, as a sentence. */
  readonly unsure: Readonly<Partial<Record<Role, string>>>;
  /** How much speaks for the roles that a file of visits needs, and for those that only attractions have. */
  readonly visitsScore: number;
}

/** A rating, a weight or a count. */
const isNumber = ({ kind }: ColumnLook): boolean => kind === 'integer' || kind === 'decimal';

/** Whether times are days: a column with the time of day is better. */
const isDay = ({ time }: ColumnLook): boolean => time?.hasClock === false;

/** `Book-Rating` as well as `rating`. */
const isRating = ({ place }: ColumnLook): boolean =>
  typeof place === 'string' && wordsOf(place).some((word) => /^(rating|stars|quantity)$/.test(word));

/** More different values are ids, not kinds of event. */
const MOST_EVENTS = 30;

/** Whether values look like a few kinds of event. */
function isOfEvents({ kind, distinct, count }: ColumnLook): boolean {
  return kind === 'text' && distinct.length <= MOST_EVENTS && distinct.length <= Math.max(1, count / 2);
}

/** Finds the columns of visits among those of a file. `known` are ids of attractions, where a file of them was found. */
export function visitColumns(looks: readonly ColumnLook[], known: ReadonlySet<string> = new Set()): Assigned {
  const left = new Set(looks.filter(({ kind }) => kind !== 'empty'));
  const columns: Partial<Record<Role, ColumnLook>> = {};
  const unsure: Partial<Record<Role, string>> = {};

  /** Takes the column that scores best, and says so where another is nearly as good. */
  function take(role: Role, score: (look: ColumnLook) => number, least: number): void {
    const ranked = [...left]
      .map((look) => ({ look, score: score(look) }))
      .filter((each) => each.score >= least)
      .sort((a, b) => b.score - a.score);
    const [first, second] = ranked;
    if (!first) return;
    columns[role] = first.look;
    left.delete(first.look);
    if (second && first.score - second.score < 1) unsure[role] = `It may be ${shown(second.look)} as well.`;
  }

  // What is plain by name is taken first, so that a rule of values never takes it away.
  const idScore = (role: 'user' | 'attraction') => (look: ColumnLook) =>
    nameScore(role, look.place) - (look.kind === 'list' ? 5 : 0) - (look.kind === 'decimal' ? 2 : 0);
  take('user', idScore('user'), 6);
  take('time', (look) => (look.kind === 'time' ? 4 + nameScore('time', look.place) + (isDay(look) ? -8 : 0) : 0), 1);
  const overlap = ({ distinct }: ColumnLook): number =>
    known.size === 0 ? 0 : distinct.filter((value) => known.has(value)).length / Math.max(1, distinct.length);
  take('attraction', (look) => idScore('attraction')(look) + 20 * (overlap(look) > 0.5 ? overlap(look) : 0), 6);
  take('event', (look) => (isOfEvents(look) ? nameScore('event', look.place) : 0), 4);
  take('weight', (look) => (isNumber(look) ? Math.max(nameScore('weight', look.place), isRating(look) ? 8 : 0) : 0), 7);
  take('park', (look) => (isNumber(look) || look.kind === 'text' ? nameScore('park', look.place) : 0), 9);
  take('photo', (look) => nameScore('photo', withoutId(look)), 9);
  take('sequence', (look) => nameScore('sequence', withoutId(look)), 9);

  // Then what is left, by what the values are.
  if (!columns.event && !columns.user) takeBy('event', (look) => isOfEvents(look) && look.distinct.some(isEvent));
  if (!columns.weight && [...left].every(({ place }) => typeof place === 'number'))
    takeBy('weight', (look) => isNumber(look) && look.distinct.length <= 11 && look.distinct.every((value) => Math.abs(Number(value.replace(',', '.'))) <= 10)); // prettier-ignore
  const identifies = (look: ColumnLook): boolean => look.kind !== 'list' && look.kind !== 'decimal' && look.distinct.length > 1; // prettier-ignore
  if (!columns.user) takeBest('user', 'user', identifies);
  if (!columns.attraction) takeBest('attraction', 'attraction', identifies);

  function takeBy(role: Role, fits: (look: ColumnLook) => boolean): void {
    // Ids come first.
    const found = [...left].reverse().find(fits);
    if (!found) return;
    columns[role] = found;
    left.delete(found);
    unsure[role] = `It was chosen by its values: ${examples(found)}.`;
  }

  function takeBest(role: Role, name: Role, fits: (look: ColumnLook) => boolean): void {
    const [found] = [...left].filter(fits).sort((a, b) => nameScore(name, b.place) - nameScore(name, a.place));
    if (!found) return;
    columns[role] = found;
    left.delete(found);
    unsure[role] = `Nothing says which column it is; ${shown(found)} has values such as ${examples(found)}.`;
  }

  const sure = (role: Role): number => (columns[role] ? (unsure[role]?.startsWith('Nothing') ? 1 : 3) : 0);
  return { columns, unsure, visitsScore: sure('user') + sure('attraction') + sure('time') };
}

/** Finds the columns of attractions among those of a file. `visited` are ids of attractions, where a file of visits was found. */
export function attractionColumns(looks: readonly ColumnLook[], visited: ReadonlySet<string> = new Set()): Assigned {
  const left = new Set(looks.filter(({ kind }) => kind !== 'empty'));
  const columns: Partial<Record<Role, ColumnLook>> = {};
  const unsure: Partial<Record<Role, string>> = {};
  const take = (role: Role, score: (look: ColumnLook) => number, least: number): void => {
    const ranked = [...left].map((look) => ({ look, score: score(look) })).sort((a, b) => b.score - a.score);
    const [first, second] = ranked;
    if (!first || first.score < least) return;
    columns[role] = first.look;
    left.delete(first.look);
    if (second && first.score - second.score < 1) unsure[role] = `It may be ${shown(second.look)} as well.`;
  };
  const isUnique = ({ distinct, count, emptyShare }: ColumnLook): boolean =>
    distinct.length >= 0.9 * count * (1 - emptyShare);
  const overlap = ({ distinct }: ColumnLook): number => distinct.filter((value) => visited.has(value)).length;
  take('attraction', (look) => {
    if (!isUnique(look) || look.kind === 'list' || look.kind === 'decimal') return 0;
    const isId = typeof look.place === 'string' && /^(id|key|code|nr|no)$/i.test(look.place) ? 9 : 0;
    return Math.max(isId, nameScore('attraction', look.place)) + (overlap(look) > 0 ? 20 + overlap(look) : 0);
  }, 4); // prettier-ignore
  const isText = ({ kind }: ColumnLook): boolean => kind === 'text';
  take('name', (look) => (isText(look) ? nameScore('name', look.place) : 0), 4);
  take('latitude', (look) => (isNumber(look) ? nameScore('latitude', look.place) : 0), 10);
  take('longitude', (look) => (isNumber(look) ? nameScore('longitude', look.place) : 0), 10);
  take('durationMinutes', (look) => (isNumber(look) ? nameScore('durationMinutes', look.place) : 0), 10);
  take('themes', (look) => (isText(look) || look.kind === 'list' ? nameScore('themes', look.place) + (look.kind === 'list' ? 0.5 : 0) : 0), 7); // prettier-ignore
  take('park', (look) => (isNumber(look) || isText(look) ? nameScore('park', look.place) : 0), 9);
  return { columns, unsure, visitsScore: 0 };
}

function withoutId({ place }: ColumnLook): ColumnLook['place'] {
  return typeof place === 'number' ? place : place.replace(/[^a-z]?id$/i, '');
}

const isEvent = (value: string): boolean =>
  /^(view|click|visit|purchase|buy|like|dislike|cart|add|favou?rite|rate|play|skip|order|share|save|wish)/i.test(value);

/** Values of a column, for people. */
export function examples({ distinct }: ColumnLook, count = 3): string {
  return distinct.slice(0, count).map((value) => `'${value.slice(0, 40)}'`).join(', '); // prettier-ignore
}

function shown({ place }: ColumnLook): string {
  return typeof place === 'number' ? `column ${place}` : `'${place}'`;
}
