/** A bare Fastify app that answers the same schema with a constant: what any service in front of a model is measured against. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const [answerFile, schemaModule] = process.argv.slice(2);
const { default: Fastify } = await import(createRequire(schemaModule).resolve('fastify'));
const { ListAnswer } = await import(schemaModule);
const answer = JSON.parse(readFileSync(answerFile, 'utf8'));
const server = Fastify();
const schema = { response: { 200: ListAnswer } };
server.get('/v1/users/:userId/recommendations', { schema }, async () => answer);
server.post('/v1/recommendations', { schema }, async () => answer);
console.log(await server.listen({ host: '127.0.0.1', port: 0 }));
