import { AjvCompiler } from '@fastify/ajv-compiler';
import type { FastifySchemaCompiler } from 'fastify';

/**
 * Checks requests against the schemas of their route. Paths and queries hold only text, so a number or a flag is read out of it; a JSON body
 * has types of its own, and `null` in it is no `false`. What no schema knows is the asker's mistake, not ours to drop.
 */
export function validatorCompiler(): FastifySchemaCompiler<object> {
  const build = AjvCompiler();
  const options = { useDefaults: true, removeAdditional: false, allErrors: false };
  const body = build({}, { customOptions: { ...options, coerceTypes: false } });
  const text = build({}, { customOptions: { ...options, coerceTypes: 'array' } });
  return (route) => (route.httpPart === 'body' ? body : text)(route) as ReturnType<FastifySchemaCompiler<object>>;
}
