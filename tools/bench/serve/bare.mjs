/**
 * A bare Fastify app that takes the same bytes in and gives the same bytes out: it routes, parses the body, and writes a constant by the schema of the
 * service's answer. It checks nothing of a request and makes no list: what any service in front of a model is measured against.
 */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const [answersFile, schemaModule] = process.argv.slice(2);
const { default: Fastify } = await import(createRequire(schemaModule).resolve('fastify'));
const { ListAnswer } = await import(schemaModule);
const answers = JSON.parse(readFileSync(answersFile, 'utf8'));
const server = Fastify();
const schema = { response: { 200: ListAnswer } };
server.get('/v1/users/:userId/recommendations', { schema }, async () => answers.get);
server.post('/v1/recommendations', { schema }, async () => answers.post);
console.log(await server.listen({ host: '127.0.0.1', port: 0 }));
