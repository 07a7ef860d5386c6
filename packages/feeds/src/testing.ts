import type { Codec, EncodedFile, StoredFile } from './codec/codec.js';

/** The files that a codec makes of a value. */
export async function encoded<T>(codec: Codec<T>, value: T): Promise<EncodedFile[]> {
  const files: EncodedFile[] = [];
  for await (const file of codec.encode(value)) files.push(file);
  return files;
}

/** Encoded files as a reader would get them. */
export function stored(files: readonly EncodedFile[]): StoredFile[] {
  return files.map(({ name, rows, bytes }) => ({ name, rows, path: `feeds/${name}`, bytes: async () => bytes }));
}

/** A value after it was encoded and decoded. */
export async function roundTrip<T>(codec: Codec<T>, value: T): Promise<T> {
  return codec.decode(stored(await encoded(codec, value)));
}

/** A file of text, as a reader would get it. */
export function storedText(name: string, text: string, rows: number): StoredFile {
  return { name, rows, path: `feeds/${name}`, bytes: async () => new TextEncoder().encode(text) };
}
