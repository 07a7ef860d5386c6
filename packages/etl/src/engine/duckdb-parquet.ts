import { open } from 'node:fs/promises';

/**
 * The logical type of a column in a Parquet footer, in Thrift's compact protocol: TIMESTAMP { isAdjustedToUTC: false, unit: MILLIS {} }. The second
 * byte says false; 0x11 in its place says true.
 */
const LOCAL_MILLIS = Buffer.from([0x8c, 0x12, 0x1c, 0x1c, 0, 0, 0, 0]);
const TRUE = 0x11;

/**
 * Marks the times of a Parquet file as UTC. DuckDB has a type for milliseconds and one for UTC, but none for both, and readers take times
 * without the mark for those of an unknown place.
 * @throws Error where the footer does not have `count` such columns; the file is as it was then.
 */
export async function markTimesAsUtc(path: string, count: number): Promise<void> {
  if (count === 0) return;
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const end = Buffer.alloc(8);
    await file.read(end, 0, 8, size - 8);
    const footer = Buffer.alloc(end.readUInt32LE(0));
    const begin = size - 8 - footer.length;
    await file.read(footer, 0, footer.length, begin);
    const places: number[] = [];
    for (let at = footer.indexOf(LOCAL_MILLIS); at >= 0; at = footer.indexOf(LOCAL_MILLIS, at + 1)) places.push(at);
    if (places.length !== count)
      throw new Error(
        `The footer of '${path}' has ${places.length} columns of milliseconds where ${count} were written.`,
      );
    for (const at of places) await file.write(Buffer.from([TRUE]), 0, 1, begin + at + 1);
  } finally {
    await file.close();
  }
}
