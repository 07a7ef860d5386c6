import type { AlsGeneration } from '@attractions/contracts';
import type { Generation } from './generation.js';
import { IdIndex } from './id-index.js';

/** What is as long as there are users, or visits of different attractions by them. */
interface LargeParts {
  readonly idUnits: Uint16Array;
  readonly idOffsets: Uint32Array;
  readonly idSlots: Int32Array;
  readonly userFactors: Float32Array;
  readonly seenOffsets: Uint32Array;
  readonly seenItems: Uint32Array;
  readonly visitCounts: Float32Array;
  readonly lastItems: Int32Array;
  readonly lastTimes: Float64Array;
}

/** What is left: as large as the catalogue. */
export type Frame = Omit<Generation, 'userOf' | 'visitCounts' | 'lastVisits'>;

/** Large parts of the model, which its frame does without. */
const NOT_IN_FRAME: Pick<AlsGeneration, 'userIds' | 'userFactors' | 'seen'> = {
  userIds: [],
  userFactors: new Float32Array(),
  seen: { offsets: new Uint32Array(), items: new Uint32Array() },
};

/** A large part and its name. */
export type Piece = {
  readonly [K in keyof LargeParts]: { readonly name: K; readonly part: LargeParts[K] };
}[keyof LargeParts];

/**
 * A generation as it goes from thread to thread: a frame, which is copied, and pieces whose memory moves. One piece at a time: whoever receives memory
 * pays for it with the collector's work, and all at once would be a long turn.
 */
export function packed(generation: Generation): { readonly frame: Frame; readonly pieces: readonly Piece[] } {
  const { model, userOf, visitCounts, lastVisits, ...rest } = generation;
  const pieces: Piece[] = [
    { name: 'idUnits', part: userOf.parts.units },
    { name: 'idOffsets', part: userOf.parts.offsets },
    { name: 'idSlots', part: userOf.parts.slots },
    { name: 'userFactors', part: model.userFactors },
    { name: 'seenOffsets', part: model.seen.offsets },
    { name: 'seenItems', part: model.seen.items },
    { name: 'visitCounts', part: visitCounts },
    { name: 'lastItems', part: lastVisits.items },
    { name: 'lastTimes', part: lastVisits.times },
  ];
  return { frame: { ...rest, model: { ...model, ...NOT_IN_FRAME } }, pieces: pieces.map(alone) };
}

/** The same pieces in memory that threads share: each is copied once, whatever the number of threads, and none moves. */
export function shared(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map(({ name, part }) => {
    const Kind = part.constructor as new (memory: SharedArrayBuffer) => typeof part;
    const copy = new Kind(new SharedArrayBuffer(part.byteLength));
    copy.set(part);
    return { name, part: copy } as Piece;
  });
}

/** A part in memory of its own: columns of one file share theirs. */
function alone(piece: Piece): Piece {
  const { part } = piece;
  return part.byteLength === part.buffer.byteLength ? piece : ({ ...piece, part: part.slice() } as Piece);
}

/** The generation. The user ids of its model become strings only when somebody asks for them. */
export function unpacked({ model, ...rest }: Frame, pieces: readonly Piece[]): Generation {
  const of = Object.fromEntries(pieces.map(({ name, part }) => [name, part])) as unknown as LargeParts;
  const userOf = new IdIndex({ units: of.idUnits, offsets: of.idOffsets, slots: of.idSlots });
  let userIds: readonly string[] | undefined;
  return {
    ...rest,
    model: {
      ...model,
      userFactors: of.userFactors,
      seen: { offsets: of.seenOffsets, items: of.seenItems },
      get userIds() {
        return (userIds ??= userOf.ids());
      },
    },
    userOf,
    visitCounts: of.visitCounts,
    lastVisits: { items: of.lastItems, times: of.lastTimes },
  };
}
