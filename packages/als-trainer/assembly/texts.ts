/** A known text. `ByteTable` of @attractions/models numbers texts in the same way. */
@unmanaged
class Slot {
  static at(address: usize): Slot {
    return changetype<Slot>(address);
  }

  /** Its number + 1; 0: the slot is empty. */
  number: u32;
  hash: u32;
  start: usize;
  length: u32;
}

const slotBytes: usize = 16;

/** What numbering keeps between calls; src/wasm/text-table.ts writes these words in this order. */
@unmanaged
class Texts {
  static at(address: usize): Texts {
    return changetype<Texts>(address);
  }

  slotsAt: usize;
  /** Slots - 1, where slots are a power of two. */
  mask: u32;
  /** Known texts. */
  count: u32;
  /** Where the next new text goes. */
  storeAt: usize;
  /** Without meaning: keeps the compiler from removing reads that only fetch. */
  read: u32;
}

/** A hash that takes eight bytes at a time; it is used here only, and not stored. */
function hashOf(from: usize, to: usize): u32 {
  let hash: u64 = to - from;
  let at = from;
  for (; at + 8 <= to; at += 8) hash = join(hash, load<u64>(at));
  let rest: u64 = 0;
  if (to - from >= 8) rest = load<u64>(to - 8);
  else for (; at < to; at++) rest = (rest << 8) | load<u8>(at);
  hash = join(hash, rest);
  return <u32>(hash ^ (hash >>> 32));
}

function join(hash: u64, word: u64): u64 {
  const product = (hash ^ word) * 0x9e3779b97f4a7c15;
  return product ^ (product >>> 29);
}

function equal(a: usize, b: usize, length: u32): bool {
  const end = a + length;
  for (; a + 8 <= end; a += 8, b += 8) if (load<u64>(a) !== load<u64>(b)) return false;
  for (; a < end; a++, b++) if (load<u8>(a) !== load<u8>(b)) return false;
  return true;
}

/** Texts that are looked up together. */
const batchTexts: u32 = 64;

/**
 * Numbers `rows` texts in order of first appearance. Text k is `bytes[offsets[k] - offsets[0]]` to that of k + 1. There has to be room: half
 * the slots for all texts met, and their bytes.
 */
export function numberTexts(textsAt: usize, bytes: usize, offsets: usize, rows: u32, hashes: usize, out: usize): void {
  const base = bytes - <usize>load<u32>(offsets);
  for (let k: u32 = 0; k < rows; k += batchTexts) {
    const count = min(batchTexts, rows - k);
    hashBatch(textsAt, base, offsets + 4 * k, count, hashes);
    numberBatch(textsAt, base, offsets + 4 * k, count, hashes, out + 4 * k);
  }
}

/** Hashes texts, and reads where they most likely are, so that many reads from memory overlap. */
function hashBatch(textsAt: usize, base: usize, offsets: usize, count: u32, hashes: usize): void {
  const texts = Texts.at(textsAt);
  let read: u32 = 0;
  for (let k: u32 = 0; k < count; k++) {
    const hash = hashOf(base + load<u32>(offsets + 4 * k), base + load<u32>(offsets + 4 * k, 4));
    store<u32>(hashes + 4 * k, hash);
  }
  const slotsAt = texts.slotsAt;
  const mask = texts.mask;
  for (let k: u32 = 0; k < count; k++) read ^= Slot.at(slotsAt + slotBytes * (load<u32>(hashes + 4 * k) & mask)).number;
  for (let k: u32 = 0; k < count; k++)
    read ^= load<u8>(Slot.at(slotsAt + slotBytes * (load<u32>(hashes + 4 * k) & mask)).start);
  texts.read = read;
}

function numberBatch(textsAt: usize, base: usize, offsets: usize, count: u32, hashes: usize, out: usize): void {
  const texts = Texts.at(textsAt);
  const mask = texts.mask;
  for (let k: u32 = 0; k < count; k++) {
    const from = base + load<u32>(offsets + 4 * k);
    const length = load<u32>(offsets + 4 * k, 4) - load<u32>(offsets + 4 * k);
    const hash = load<u32>(hashes + 4 * k);
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const slot = Slot.at(texts.slotsAt + slotBytes * place);
      if (slot.number === 0) {
        memory.copy(texts.storeAt, from, length);
        slot.hash = hash;
        slot.start = texts.storeAt;
        slot.length = length;
        slot.number = ++texts.count;
        texts.storeAt += length;
      } else if (slot.hash !== hash || slot.length !== length || !equal(slot.start, from, length)) continue;
      store<u32>(out + 4 * k, slot.number - 1);
      break;
    }
  }
}

/** Moves the texts to more slots, which are empty. */
export function moveTexts(textsAt: usize, slotsAt: usize, mask: u32): void {
  const texts = Texts.at(textsAt);
  const end = texts.slotsAt + slotBytes * (texts.mask + 1);
  for (let from = texts.slotsAt; from < end; from += slotBytes) {
    if (Slot.at(from).number === 0) continue;
    let place = Slot.at(from).hash & mask;
    while (Slot.at(slotsAt + slotBytes * place).number !== 0) place = (place + 1) & mask;
    memory.copy(slotsAt + slotBytes * place, from, slotBytes);
  }
  texts.slotsAt = slotsAt;
  texts.mask = mask;
}
