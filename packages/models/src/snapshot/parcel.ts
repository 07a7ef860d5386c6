import type { AlsGeneration } from '@attractions/contracts';
import type { Generation } from './generation.js';
import { IdIndex } from './id-index.js';

/** Arrays whose length is the number of users, or of their pairs with attractions. */
interface LargeParts {
  readonly idUnits: Uint16Array;
  readonly idOffsets: Uint32Array;
  readonly idSlots: Int32Array;
  readonly userFactors: Float32Array;
  readonly seenOffsets: Uint32Array;
  readonly seenItems: Uint32Array;
  readonly pairWeights: Float32Array;
  readonly lastItems: Int32Array;
  readonly lastTimes: Float64Array;
}

/** The rest, whose size is that of the catalogue. */
export type Frame = Omit<Generation, 'userOf' | 'pairWeights' | 'lastVisits' | 'models'>;

/** Large parts of the model, which its frame does not contain. */
const NOT_IN_FRAME: Pick<AlsGeneration, 'userIds' | 'userFactors' | 'seen'> = {
  userIds: [],
  userFactors: new Float32Array(),
  seen: { offsets: new Uint32Array(), items: new Uint32Array() },
};

/** A large part with its name, or a model with the name of its kind. */
export type Piece = LargePiece | { readonly kind: string; readonly model: unknown };

type LargePiece = {
  readonly [K in keyof LargeParts]: { readonly name: K; readonly part: LargeParts[K] };
}[keyof LargeParts];

/**
 * A snapshot as it is sent from thread to thread: a frame, which is copied, and pieces whose memory is transferred, one at a time: received memory costs the
 * garbage collector time, and all of it at once would block the thread for long.
 */
export function packed(generation: Generation): { readonly frame: Frame; readonly pieces: readonly Piece[] } {
  const { model, userOf, pairWeights, lastVisits, models, ...rest } = generation;
  const pieces: LargePiece[] = [
    { name: 'idUnits', part: userOf.parts.units },
    { name: 'idOffsets', part: userOf.parts.offsets },
    { name: 'idSlots', part: userOf.parts.slots },
    { name: 'userFactors', part: model.userFactors },
    { name: 'seenOffsets', part: model.seen.offsets },
    { name: 'seenItems', part: model.seen.items },
    { name: 'pairWeights', part: pairWeights },
    { name: 'lastItems', part: lastVisits.items },
    { name: 'lastTimes', part: lastVisits.times },
  ];
  return {
    frame: { ...rest, model: { ...model, ...NOT_IN_FRAME } },
    pieces: [
      ...pieces.map((piece) => withArrays(piece, alone)),
      ...Array.from(models, ([kind, model]) => ({ kind, model: withArrays(model, alone) })),
    ],
  };
}

/** The same pieces in memory that threads share: each is copied once for any number of threads. */
export function shared(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map((piece) =>
    withArrays(piece, (part) => {
      const Kind = part.constructor as new (memory: SharedArrayBuffer) => TypedArray;
      const copy = new Kind(new SharedArrayBuffer(part.byteLength));
      copy.set(part as never);
      return copy;
    }),
  );
}

/** The memory that is transferred with a piece. */
export function memoryOf(piece: Piece): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  withArrays(piece, (part) => {
    if (!(part.buffer instanceof SharedArrayBuffer)) found.add(part.buffer as ArrayBuffer);
    return part;
  });
  return [...found];
}

type TypedArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** A typed array in memory of its own, since columns of one file share theirs. */
const alone = (part: TypedArray): TypedArray => (part.byteLength === part.buffer.byteLength ? part : part.slice());

/** A value of plain objects and lists with other typed arrays in it. */
function withArrays<T>(value: T, each: (part: TypedArray) => TypedArray): T {
  if (ArrayBuffer.isView(value)) return each(value as unknown as TypedArray) as T;
  if (!holdsObjects(value)) return value;
  if (Array.isArray(value)) return value.map((member) => withArrays(member, each)) as T;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withArrays(member, each)])) as T;
}

/** Plain objects, and lists that do not begin with a number or a text, since such lists hold nothing else. */
function holdsObjects(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value)
    ? typeof value[0] === 'object'
    : Object.prototype.toString.call(value) === '[object Object]';
}

/** The snapshot. The user ids of its model become strings only when they are read. */
export function unpacked({ model, ...rest }: Frame, pieces: readonly Piece[]): Generation {
  const of = Object.fromEntries(
    pieces.flatMap((piece) => ('part' in piece ? [[piece.name, piece.part]] : [])),
  ) as unknown as LargeParts;
  const models = new Map(pieces.flatMap((piece) => ('kind' in piece ? [[piece.kind, piece.model] as const] : [])));
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
    models,
    pairWeights: of.pairWeights,
    lastVisits: { items: of.lastItems, times: of.lastTimes },
  };
}
