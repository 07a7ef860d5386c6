/**
 * A bare Fastify app that receives and sends the same bytes as the service: it routes, parses the body, and writes a constant by the schema of the answer. It
 * checks nothing and makes no list, so it is the lower bound for any service in front of a model.
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
