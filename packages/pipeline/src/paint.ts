import { styleText } from 'node:util';

/** Styles text for a person's terminal; in a pipe, a file, or where NO_COLOR is set, it stays plain. */
export function paint(style: 'bold' | 'red' | 'green' | 'yellow' | 'dim', text: string): string {
  const plain = !process.stdout.isTTY || process.env['NO_COLOR'] !== undefined;
  return plain ? text : styleText(style, text);
}
