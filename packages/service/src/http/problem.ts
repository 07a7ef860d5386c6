import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { RECOMMENDER_ERRORS, RecommenderError } from '@attractions/recommender';
import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { SERVICE_ERRORS, ServiceError } from '../errors.js';
import type { Problem } from '../schema/answers.js';

/** HTTP status by code, of the errors that are the client's. Every other error is ours, and answers 500. */
const STATUS_OF = new Map<string, number>(
  Object.entries({ ...RECOMMENDER_ERRORS, ...SERVICE_ERRORS }).flatMap(([code, row]) =>
    'status' in row && row.status !== 500 ? [[code, row.status] as const] : [],
  ),
);

/** A problem document (RFC 9457). */
export function problem(status: number, code: string, detail: string): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code };
}

/** The document for an error thrown while answering. It never has a stack, and no details of an error that is not the client's. */
function problemOf(error: FastifyError | RecommenderError | ServiceError): Problem {
  if (error instanceof RecommenderError || error instanceof ServiceError) {
    const status = STATUS_OF.get(error.code);
    return status === undefined ? UNEXPECTED : problem(status, error.code, error.message);
  }
  if (error.validation !== undefined) return problem(400, 'RECOMMENDER_REQUEST_INVALID', validationSentence(error));
  const status = error.statusCode ?? 500;
  if (status === 415)
    return problem(status, error.code, 'The body has another content type than application/json; send it as that.');
  return status >= 400 && status < 500 ? problem(status, error.code, error.message) : UNEXPECTED;
}

/** Sends a problem instead of an answer, without the response schemas of the route. */
export function sendProblem(reply: FastifyReply, document: Problem): FastifyReply {
  return reply.code(document.status).type('application/problem+json').serializer(JSON.stringify).send(document);
}

/** Fastify's error handler: logs our errors, and tells the client about theirs. */
export function onError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const document = problemOf(error);
  if (document.status === 500)
    request.log.error({ requestId: request.id, err: error, route: request.routeOptions.url }, 'a request failed');
  return sendProblem(reply, document);
}

/** Answers an unknown path. */
export function onNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?', 1)[0] ?? '';
  return sendProblem(
    reply,
    problem(404, 'RECOMMENDER_NO_SUCH_PATH', `There is nothing at ${request.method} ${path.slice(0, 200)}.`),
  );
}

/** Answers bytes that are not a valid HTTP request, and ends the connection. */
export function onClientError(error: Error & { code?: string }, socket: Socket): void {
  // The client is gone.
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const detail =
    status === 431
      ? 'The headers are too long.'
      : status === 408
        ? 'The request took too long.'
        : 'This is not a valid HTTP request.';
  const body = JSON.stringify(problem(status, 'RECOMMENDER_REQUEST_INVALID', detail));
  const head = Object.entries(headersOfRefusal(body)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`);
}

/** Refuses an `expect` header other than `100-continue`. */
export function onExpectation({ headers }: IncomingMessage, response: ServerResponse): void {
  const expected = String(headers.expect).slice(0, 200);
  const body = JSON.stringify(
    problem(
      417,
      'RECOMMENDER_REQUEST_INVALID',
      `The expectation '${expected}' is not supported; leave out the 'expect' header.`,
    ),
  );
  response.writeHead(417, headersOfRefusal(body)).end(body);
}

/** Headers of an answer that Fastify's routes and hooks do not see. */
function headersOfRefusal(body: string): Record<string, string> {
  return {
    ...SECURITY_HEADERS,
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    'x-request-id': randomUUID(),
  };
}

const UNEXPECTED = problem(500, 'RECOMMENDER_FAILED', 'The service failed on this request; its log says why.');

const depthOf = ({ instancePath, keyword }: FastifySchemaValidationError): number =>
  instancePath.split('/').length - (keyword === 'anyOf' ? 0.5 : 0);

function validationSentence({ validation = [], validationContext: part = 'querystring' }: FastifyError): string {
  // Of the branches of a union, the error deepest in the value: that branch fits best.
  const first = [...validation].sort((a, b) => depthOf(a) - depthOf(b)).at(-1);
  const where = first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  const unknown = first?.params['additionalProperty'];
  if (typeof unknown === 'string') return `There is no parameter '${unknown}' in the ${part}.`;
  return `${where === '' ? `The ${part}` : `'${where}' in the ${part}`} ${first?.message ?? 'is not valid'}.`;
}

/** Headers of every answer: it is not cached, and browsers treat it as data of this origin alone. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
