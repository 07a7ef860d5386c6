import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

const program = new URL('../../dist/http/openapi.js', import.meta.url).href;

/** Whether describing a server for this scope loads Swagger UI, in a process of its own. */
function loadsSwaggerUi(scope: string | undefined): boolean {
  const source = `
    import { createRequire } from 'node:module';
    import Fastify from 'fastify';
    const { openapi } = await import(${JSON.stringify(program)});
    await openapi(Fastify(), '1.2.3', ${JSON.stringify(scope)});
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.log(loaded.some((path) => path.includes('swagger-ui')));
  `;
  const args = ['--input-type=module', '--eval', source];
  const env = { ...process.env, FORCE_COLOR: '0' };
  return execFileSync(process.execPath, args, { cwd: import.meta.dirname, env, encoding: 'utf8' }) === 'true\n';
}

test('Swagger UI is loaded only where somebody may see /docs', () => {
  expect([loadsSwaggerUi('public'), loadsSwaggerUi('read'), loadsSwaggerUi(undefined)]).toEqual([true, true, false]);
});
