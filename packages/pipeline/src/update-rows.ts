import { describedBy } from '@attractions/feeds';
import type { DescribedRow, FeedStore, UpdateRecord } from '@attractions/feeds';

/** One value of a document and its path: `panels[0].name`. */
export interface Property {
  readonly property: string;
  readonly value: unknown;
}

/** Whether an update is one JSON document instead of rows. */
export const isDocument = ({ codec }: UpdateRecord): boolean => codec === 'json';

/** The rows of an update as plain objects, one after the other; a JSON feed has one, the document. */
export async function* rowsOf(store: FeedStore, record: UpdateRecord): AsyncGenerator<DescribedRow> {
  yield* await (await store.feed(describedBy(record)).at(record.seq)).read();
}

/** The properties of a document's update, in the order of the file. A list without objects in it is one value, unless `split`. */
export async function* propertiesOf(
  store: FeedStore,
  record: UpdateRecord,
  { split = false } = {},
): AsyncGenerator<Property> {
  for await (const document of rowsOf(store, record)) yield* within('', document, split);
}

function* within(property: string, value: unknown, split: boolean): Generator<Property> {
  const members = membersOf(value, split);
  if (members.length === 0) yield { property: property.replace(/^\./, ''), value };
  for (const [name, member] of members) yield* within(property + name, member, split);
}

/** The members of a value, by the text that follows its name in a path; none for a value that is shown whole. */
function membersOf(value: unknown, split: boolean): (readonly [string, unknown])[] {
  if (!isComposite(value)) return [];
  if (!Array.isArray(value))
    return Object.entries(value).map(([name, member]) => [
      /^[\w-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`,
      member,
    ]);
  if (!split && !holdsObjects(value)) return [];
  return value.map((member: unknown, n) => [`[${n}]`, member]);
}

const isComposite = (value: unknown): value is object => typeof value === 'object' && value !== null;

function holdsObjects(list: readonly unknown[]): boolean {
  return list.some((member) => (Array.isArray(member) ? holdsObjects(member) : isComposite(member)));
}
