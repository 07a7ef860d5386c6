import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

/** Beside `src` and `dist` alike. */
const folder = new URL('../../../page/', import.meta.url);

const FILES = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/page.css', 'page.css', 'text/css; charset=utf-8'],
  ['/page.js', 'page.js', 'text/javascript; charset=utf-8'],
] as const;

/** The page for people: three files that ask the interface like any other program. Read once. */
export function page(server: FastifyInstance): void {
  for (const [path, file, type] of FILES) {
    const content = readFileSync(new URL(file, folder));
    server.get(path, { schema: { hide: true } }, (_, reply) => {
      reply.type(type).send(content);
    });
  }
}
