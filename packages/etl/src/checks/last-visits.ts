import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { visits } from '@attractions/contracts';
import type { FeedContract, FeedStore, StoredFile, UpdateRecord } from '@attractions/feeds';

/**
 * The data files of an update of visits as files of this machine, for the engine; none where they cannot be read: then nothing is compared with them, and the log says so.
 *
 * @param folder where those that are elsewhere are copied to
 */
export async function filesOf(
  store: FeedStore,
  record: UpdateRecord | undefined,
  logger: { warn(fields: object, message: string): void },
  folder: () => Promise<string>,
): Promise<readonly string[]> {
  if (record === undefined) return [];
  try {
    const { codec } = visits;
    const asFiles: FeedContract<readonly StoredFile[]> = {
      ...visits,
      codec: {
        format: codec.format,
        encode: () => {
          throw new Error('Only read.');
        },
        decode: async (files) => files,
      },
    };
    const files = await (await store.feed(asFiles).at(record.seq)).read();
    const paths: string[] = [];
    for (const [number, file] of files.entries()) {
      const copy = existsSync(file.path) ? undefined : join(await folder(), `${number}.parquet`);
      if (copy !== undefined) await writeFile(copy, await file.bytes());
      paths.push(copy ?? file.path);
    }
    return paths;
  } catch (error) {
    logger.warn({ reason: String(error) }, `The visits of update ${record.seq} cannot be read to be compared with.`);
    return [];
  }
}
