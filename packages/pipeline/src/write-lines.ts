import { once } from 'node:events';
import type { EventEmitter } from 'node:events';
import type { CommandOutput } from '@attractions/config';

/** Characters written at once. */
const CHUNK = 65_536;

/** Writes lines as they come and waits while the reader is slower. */
export async function writeLines(to: CommandOutput['stdout'], lines: AsyncIterable<string>): Promise<void> {
  let chunk = '';
  async function flush() {
    const full = chunk !== '' && to.write(chunk) === false;
    chunk = '';
    if (full) await once(to as unknown as EventEmitter, 'drain');
  }
  for await (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length >= CHUNK) await flush();
  }
  await flush();
}
