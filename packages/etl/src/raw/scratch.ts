import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MappedFile, ReadableFile } from './map-columns.js';
import { writeRegularCopy } from './regular-copy.js';

/** A temporary folder for regular copies, made when the first one is needed. */
export class Scratch {
  #folder: Promise<string> | undefined;
  #copies = 0;

  /** The file as a CSV reader takes it: itself where it is regular, or else a copy that lasts until {@link Scratch.remove}. */
  async readable<C extends string>(file: MappedFile<C>): Promise<ReadableFile<C>> {
    if (file.survey.regular) return { ...file, path: file.survey.file.path };
    this.#folder ??= mkdtemp(join(tmpdir(), 'attractions-etl-'));
    const path = join(await this.#folder, `${this.#copies++}.csv`);
    await writeRegularCopy(file.survey, path);
    return { ...file, path };
  }

  async remove(): Promise<void> {
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }
}
