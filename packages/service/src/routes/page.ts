import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { Scope } from '../access.js';

/** Beside `src` and `dist` alike. */
const folder = new URL('../../page/', import.meta.url);

const FILES = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/page.css', 'page.css', 'text/css; charset=utf-8'],
  ['/page.js', 'page.js', 'text/javascript; charset=utf-8'],
] as const;

/** The page for people: three files that ask the interface like any other program. Read once. */
export function page(server: FastifyInstance, scope: Scope | 'public'): void {
  for (const [path, file, type] of FILES) {
    const content = readFileSync(new URL(file, folder));
    server.get(path, { schema: { hide: true }, config: { scope } }, (_, reply) => {
      reply.type(type).send(content);
    });
  }
}
