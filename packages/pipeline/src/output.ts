import { once } from 'node:events';
import type { EventEmitter } from 'node:events';
import type { CommandOutput } from '@attractions/config';

/** Characters written at once. */
const CHUNK = 65_536;

/** Writes lines as they come, and waits while the reader is slower. */
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

/** What pino adds to every line in addition to the fields of the call. */
const ENVELOPE = new Set(['level', 'time', 'name', 'pid', 'hostname', 'msg']);

/**
 * A destination for log lines that writes the sentence of each. At all levels except `info` the fields follow, one on each line, because then somebody is
 * looking for something.
 */
export function peopleStream(terminal: CommandOutput['stderr']): { write(line: string): void } {
  return {
    write: (line) => {
      const entry: Record<string, unknown> = JSON.parse(line);
      const plain = entry['level'] === 'info';
      const figures = plain ? [] : Object.entries(entry).filter(([key]) => !ENVELOPE.has(key));
      const heading = plain ? entry['msg'] : `${entry['level']}: ${entry['msg']}`;
      terminal.write(`${[heading, ...figures.map(([key, value]) => `  ${key}: ${wordsOf(value)}`)].join('\n')}\n`);
    },
  };
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map((each) => `\n    ${wordsOf(each)}`).join('');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
