import { events } from '@attractions/contracts';
import type { Source as SourceFile } from '@attractions/feeds';
import type { AttractionsExtract } from '../attractions.js';
import { withoutUsers } from '../forgotten.js';
import type { LeftOut } from '../forgotten.js';
import { sourceFailed } from './choose.js';
import type { ChosenSource, ChosenSources, SourceSettings } from './choose.js';
import { withEventVisits } from './event-visits.js';
import type { EventVisits } from './event-visits.js';
import { pseudonymized } from './pseudonym.js';
import { attractionsOfRows, visitsOfRows } from './rows.js';
import type { Delivered, DeliveredVisits, SourceContext } from './source.js';

/** What the sources delivered. Without attractions of their own, attractions are what is visited. */
export interface RawData {
  readonly visits: DeliveredVisits;
  readonly attractions?: Delivered<AttractionsExtract>;
  /** Lines of visits that were left out. */
  readonly forgotten: number;
}

/** What is done with lines before the first frame sees them. */
export interface DeliveryOptions {
  /** Users whose lines are left out as if they were not there; by their pseudonyms where there is a key. Default: none. */
  readonly leftOut?: LeftOut;
  /** Where given, the key of the pseudonyms that stand for user ids from the first frame on. */
  readonly pseudonymKey?: string;
  /** Events that are visits too. Their users are named as in the visits, by pseudonyms where there is a key. Default: none. */
  readonly eventVisits?: EventVisits;
  /** Where only events may be new: how the lines were read before, as {@link shapeOf} says it. */
  readonly shape?: string;
  /** Which files of visits are read, by their paths; for sources that can read only some. Default: all. */
  readonly only?: ReadonlySet<string>;
  /** Those of them that have grown, as they were; see {@link SourceContext}. Default: none. */
  readonly after?: ReadonlyMap<string, SourceFile>;
}

/** The sources that are meant; a text is the folder of the source `sigir17`. */
export function settingsOf(from: string | SourceSettings): SourceSettings {
  return typeof from === 'string' ? { visits: { type: 'sigir17', folder: from } } : from;
}

/** Lets the sources deliver: relations that frames can be composed of. */
export async function deliver(
  chosen: ChosenSources,
  context: SourceContext,
  { leftOut, only, after, shape, eventVisits, pseudonymKey: key }: DeliveryOptions,
): Promise<RawData> {
  const { engine, signal } = context;
  const reading: SourceContext = { ...context, ...(only && { only }), ...(after && { after }) };
  const isOfEvents = (path: string): boolean => path.startsWith(`${events.path}/`);
  const read = async (): Promise<DeliveredVisits> => {
    const given = await visitsFrom(chosen.visits, reading);
    return key === undefined ? given : pseudonymized(given, key, engine);
  };
  const hasOnlyEvents = shape !== undefined && only !== undefined && [...only].every(isOfEvents);
  const delivered =
    eventVisits === undefined
      ? await read()
      : await withEventVisits(hasOnlyEvents ? shape : await read(), eventVisits, reading);
  const { visits, lines: forgotten } =
    leftOut === undefined
      ? { visits: delivered, lines: 0 }
      : await withoutUsers(delivered, leftOut, engine, signal ? { signal } : {});
  const attractions = chosen.attractions ? await attractionsFrom(chosen.attractions, context) : visits.attractions;
  return attractions ? { visits, attractions, forgotten } : { visits, forgotten };
}

async function visitsFrom({ source, options }: ChosenSource, context: SourceContext): Promise<DeliveredVisits> {
  const failed = sourceFailed(source, context.signal);
  const open = async (): Promise<DeliveredVisits> => {
    const delivery = source.visits?.(options, context);
    if (delivery === undefined) throw new Error('It has no visits.');
    return isRows(delivery) ? visitsOfRows(source.type, delivery, context) : delivery;
  };
  return open().catch(failed);
}

async function attractionsFrom(
  { source, options }: ChosenSource,
  context: SourceContext,
): Promise<Delivered<AttractionsExtract>> {
  const failed = sourceFailed(source, context.signal);
  const open = async (): Promise<Delivered<AttractionsExtract>> => {
    const delivery = source.attractions?.(options, context);
    if (delivery === undefined) throw new Error('It has no attractions.');
    return isRows(delivery) ? attractionsOfRows(source.type, delivery, context) : delivery;
  };
  return open().catch(failed);
}

function isRows<Row, Extract>(delivery: AsyncIterable<Row> | Promise<Extract>): delivery is AsyncIterable<Row> {
  return Symbol.asyncIterator in delivery;
}

/** How the raw data say themselves what their lines mean: what is so for all files together cannot be found from some of them. */
export function shapeOf({ visits, attractions }: RawData): string {
  const {
    timeUnit,
    timeFault,
    hasSequences,
    hasNoSequences,
    hasPhotos,
    hasParks,
    hasWeights,
    hasEvents,
    idsAreGlobal,
  } = visits.extract;
  const flags = { hasSequences, hasNoSequences, hasPhotos, hasParks, hasWeights, hasEvents, idsAreGlobal };
  return JSON.stringify({ timeUnit, timeFault, ...flags, areVisited: attractions === undefined });
}
