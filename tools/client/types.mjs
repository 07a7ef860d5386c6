/**
 * The types of the client, from the OpenAPI document that the service serves: those of the operations that the client has, without the error answers, which
 * are one class there.
 *
 *     npm ci && node types.mjs     # writes packages/client/src/openapi.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import { sampleService } from './sample-service.mjs';

export const typesFile = join(import.meta.dirname, '../../packages/client/src/openapi.ts');

const OPERATIONS = ['recommendMany', 'similar', 'parks', 'attractions', 'reportEvents'];

const HEADING = `/** Made from the OpenAPI document of the service by tools/client/types.mjs; do not edit. */\n\n`;

/** The text of the file of types. */
export async function typesOf(document) {
  const wanted = Object.entries(document.paths).flatMap(([path, methods]) => {
    const kept = Object.entries(methods).filter(([, { operationId }]) => OPERATIONS.includes(operationId));
    return kept.length === 0
      ? []
      : [[path, Object.fromEntries(kept.map(([method, one]) => [method, succeeding(one)]))]];
  });
  const found = wanted.flatMap(([, methods]) => Object.values(methods).map(({ operationId }) => operationId));
  if (found.sort().join() !== [...OPERATIONS].sort().join()) throw new Error(`The document has ${found.join()} alone.`);
  const paths = Object.fromEntries(wanted.map(([path, methods]) => [path, withAnySource(methods)]));
  const text = HEADING + astToString(await openapiTS({ ...document, paths }, { immutable: true }));
  return format(text, { ...(await resolveConfig(typesFile)), filepath: typesFile });
}

const succeeding = ({ responses, ...operation }) => ({
  ...operation,
  responses: Object.fromEntries(Object.entries(responses).filter(([status]) => status.startsWith('2'))),
});

/** The document lists the sources of this service; another one has kinds of model of its own. */
function withAnySource(value) {
  if (Array.isArray(value)) return value.map(withAnySource);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) =>
      name === 'source' && Array.isArray(member.anyOf)
        ? [name, { type: 'string', description: member.description }]
        : [name, withAnySource(member)],
    ),
  );
}

if (process.argv[1] === import.meta.filename) {
  const service = await sampleService();
  try {
    writeFileSync(typesFile, await typesOf(await (await fetch(`${service.url}/openapi.json`)).json()));
  } finally {
    await service.close();
  }
}
