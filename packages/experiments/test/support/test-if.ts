import { test } from '@jest/globals';

/** `test` where the condition holds; else a skipped test whose name gives the reason. */
export function testIf(condition: boolean, reason: string): (name: string, body: () => void | Promise<void>) => void {
  return (name, body) => (condition ? test(name, body) : test.skip(`${name} (skipped: ${reason})`, body));
}
