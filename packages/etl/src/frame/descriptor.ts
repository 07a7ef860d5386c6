import type { Frame } from './frame.js';
import type { DuckDbSession } from './session.js';

/** What a descriptor writes to; a pino logger is one. */
export interface FrameLog {
  info(fields: object, message: string): void;
}

/** What is done with each frame that a loader composes. A strategy, since describing a frame runs it. */
export interface FrameDescriptor {
  describe(target: Frame, session: DuckDbSession): Promise<void>;
}

/** Describes nothing, and so runs nothing. */
export const silentDescriptor: FrameDescriptor = {
  describe: () => Promise.resolve(),
};

/** Logs the first rows and a summary of each frame. Dear: every frame is run twice for it, from its files. */
export class LoggingDescriptor implements FrameDescriptor {
  readonly #log: FrameLog;
  readonly #rowCount: number;

  constructor(log: FrameLog, rowCount = 5) {
    this.#log = log;
    this.#rowCount = rowCount;
  }

  async describe(target: Frame, session: DuckDbSession): Promise<void> {
    const rows = await session.rows(target, `SELECT * FROM ${target.name} LIMIT ${this.#rowCount}`);
    const summary = await session.rows(target, `SELECT * FROM (SUMMARIZE SELECT * FROM ${target.name})`);
    this.#log.info({ frame: target.name, rows, summary }, `Frame ${target.name}`);
  }
}
