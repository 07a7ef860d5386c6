import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClientError, createClient, type List } from '@attractions/client';

const entry = { attractionId: 'tidewater:1', name: 'Tide Race', score: 3, source: 'popular' };
const answer = { recommendations: [entry], source: 'popular', generation: { model: 1, visits: 1, attractions: 1 } };
const server = createServer((request, response) => {
  request.resume();
  const isList = request.url === '/v1/recommendations';
  response.writeHead(isList ? 200 : 404).end(JSON.stringify(isList ? answer : {}));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const client = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
const list: List = await client.recommend({ userId: 'ann', limit: 1, visits: ['tidewater:2'] });
assert.equal(list.recommendations[0]?.name, 'Tide Race');
await assert.rejects(
  client.parks(),
  (error) => error instanceof ClientError && error.status === 404 && error.code === 'CLIENT_ANSWER_INVALID',
);
server.close();
server.closeAllConnections();
