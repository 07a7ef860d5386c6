import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { FastifySchemaValidationError } from 'fastify';
import { RECOMMENDER_ERRORS, RecommenderError } from '@attractions/recommender';
import { SERVICE_ERRORS, ServiceError } from './errors.js';
import { securityHeaders } from './headers.js';
import type { Problem } from './schema/answers.js';

/** Errors that a client is told of, by code; every other one is ours to fix. */
const STATUS_OF = new Map<string, number>(
  Object.entries({ ...RECOMMENDER_ERRORS, ...SERVICE_ERRORS }).flatMap(([code, row]) =>
    'status' in row && row.status !== 500 ? [[code, row.status] as const] : [],
  ),
);

/** A problem document (RFC 9457). */
export function problem(status: number, code: string, detail: string): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code };
}

/** The document for anything thrown while answering. Never carries a stack, and nothing of an error that is not the asker's. */
export function problemOf(error: FastifyError | RecommenderError | ServiceError): Problem {
  if (error instanceof RecommenderError || error instanceof ServiceError) {
    const status = STATUS_OF.get(error.code);
    return status === undefined ? unexpected : problem(status, error.code, error.message);
  }
  if (error.validation !== undefined) return problem(400, 'RECOMMENDER_REQUEST_INVALID', validationSentence(error));
  const status = error.statusCode ?? 500;
  if (status === 415)
    return problem(status, error.code, 'The body has another content type than application/json; send it as that.');
  return status >= 400 && status < 500 ? problem(status, error.code, error.message) : unexpected;
}

/** Sends a problem in place of an answer, past the schemas of the route. */
export function sendProblem(reply: FastifyReply, document: Problem): FastifyReply {
  return reply.code(document.status).type('application/problem+json').serializer(JSON.stringify).send(document);
}

/** Fastify's error handler: logs what is ours to mend, tells the asker what is theirs. */
export function onError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const document = problemOf(error);
  if (document.status === 500)
    request.log.error({ requestId: request.id, err: error, route: request.routeOptions.url }, 'a request failed');
  return sendProblem(reply, document);
}

/** Answers a path that leads nowhere. */
export function onNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?', 1)[0] ?? '';
  return sendProblem(
    reply,
    problem(404, 'RECOMMENDER_NO_SUCH_PATH', `There is nothing at ${request.method} ${path.slice(0, 200)}.`),
  );
}

/** Answers what is no HTTP, in HTTP, and ends the connection. */
export function onClientError(error: Error & { code?: string }, socket: Socket): void {
  // Nobody is left to hear an answer.
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const detail =
    status === 431
      ? 'The headers are too long.'
      : status === 408
        ? 'The request took too long.'
        : 'This is no HTTP request.';
  const body = JSON.stringify(problem(status, 'RECOMMENDER_REQUEST_INVALID', detail));
  const head = Object.entries(headersOfRefusal(body)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`);
}

/** Answers who expects of HTTP what we do not do. */
export function onExpectation({ headers }: IncomingMessage, response: ServerResponse): void {
  const expected = String(headers.expect).slice(0, 200);
  const body = JSON.stringify(
    problem(417, 'RECOMMENDER_REQUEST_INVALID', `This cannot be expected here: ${expected}.`),
  );
  response.writeHead(417, headersOfRefusal(body)).end(body);
}

/** Of an answer that no route and no hook of Fastify sees. */
function headersOfRefusal(body: string): Record<string, string> {
  return {
    ...securityHeaders,
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    'x-request-id': randomUUID(),
  };
}

const unexpected = problem(500, 'RECOMMENDER_FAILED', 'The service failed on this request; its log says why.');

const depthOf = ({ instancePath, keyword }: FastifySchemaValidationError): number =>
  instancePath.split('/').length - (keyword === 'anyOf' ? 0.5 : 0);

function validationSentence({ validation = [], validationContext: part = 'querystring' }: FastifyError): string {
  // Of the branches of a union, the one that came furthest.
  const first = [...validation].sort((a, b) => depthOf(a) - depthOf(b)).at(-1);
  const where = first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  const unknown = first?.params['additionalProperty'];
  if (typeof unknown === 'string') return `There is no parameter '${unknown}' in the ${part}.`;
  return `${where === '' ? `The ${part}` : `'${where}' in the ${part}`} ${first?.message ?? 'is not valid'}.`;
}
