import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { RECOMMENDER_ERRORS, RecommenderError } from '@attractions/recommender';
import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { SERVICE_ERRORS, ServiceError } from '../errors.js';
import type { Problem } from '../schema/answers.js';
import { MAX_BODY_BYTES, MAX_ID_LENGTH } from '../schema/parts.js';

/** HTTP status by code, for errors of the client. Every other error is ours and has the status 500. */
const STATUS_OF = new Map<string, number>(
  Object.entries({ ...RECOMMENDER_ERRORS, ...SERVICE_ERRORS }).flatMap(([code, row]) =>
    'status' in row && row.status !== 500 ? [[code, row.status] as const] : [],
  ),
);

/** A problem document (RFC 9457). */
export function problem(status: number, code: string, detail: string): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code };
}

/** The document for an error thrown while answering. Never contains a stack trace, nor details of our own errors. */
export function problemOf(error: FastifyError | RecommenderError | ServiceError, bodyLimit = MAX_BODY_BYTES): Problem {
  if (error instanceof RecommenderError || error instanceof ServiceError) {
    const status = STATUS_OF.get(error.code);
    return status === undefined ? UNEXPECTED : problem(status, error.code, error.message);
  }
  if (error.validation !== undefined) return problem(400, 'RECOMMENDER_REQUEST_INVALID', validationSentence(error));
  const status = error.statusCode ?? 500;
  if (status < 400 || status >= 500) return UNEXPECTED;
  const sentence =
    error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
      ? `The body is larger than ${bodyLimit / 1_024} KiB; send less in one request.`
      : (FRAMEWORK_SENTENCES[error.code] ?? error.message);
  return problem(status, 'RECOMMENDER_REQUEST_INVALID', sentence);
}

/** Requests that Fastify refuses before a route runs, by its codes. Clients do not see these codes, which belong to the framework. */
const FRAMEWORK_SENTENCES: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'The path cannot be decoded: a % must begin a byte of UTF-8, such as %20; write a % itself as %25.',
  FST_ERR_MAX_PARAM_LENGTH: `An id in the path is longer than ${MAX_ID_LENGTH} characters; send a shorter one.`,
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty; send a JSON object, such as {}.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "The body is not as long as 'content-length' says; send its length in bytes.",
  FST_ERR_CTP_INVALID_JSON_BODY: "The body is not valid JSON, or has the key '__proto__'; correct it.",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "The body is not sent as JSON; send it with 'content-type: application/json'.",
};

/** Sends a problem instead of an answer, without the response schemas of the route. */
export function sendProblem(reply: FastifyReply, document: Problem): FastifyReply {
  return reply.code(document.status).type('application/problem+json').serializer(JSON.stringify).send(document);
}

/** The error handler for Fastify: logs our errors, and explains the errors of clients to them. */
export function onError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const document = problemOf(error, request.routeOptions.bodyLimit);
  if (document.status === 500)
    request.log.error({ requestId: request.id, err: error, route: request.routeOptions.url }, 'a request failed');
  if (error instanceof ServiceError && error.retryAfterSeconds !== undefined)
    reply.header('retry-after', String(error.retryAfterSeconds));
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

/** The parts of a request, by Fastify's names. */
const PARTS: Readonly<Record<string, string>> = { querystring: 'query', params: 'path' };

function validationSentence({ validation = [], validationContext = 'querystring' }: FastifyError): string {
  const part = PARTS[validationContext] ?? validationContext;
  // Of the branches of a union, take the error that is deepest in the value: that branch fits best.
  const first = [...validation].sort((a, b) => depthOf(a) - depthOf(b)).at(-1);
  const where = first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  const unknown = first?.params['additionalProperty'];
  if (typeof unknown === 'string')
    return `There is no parameter '${unknown}' in ${where === '' ? '' : `'${where}' of `}the ${part}.`;
  const fault = (first?.message ?? 'is not valid')
    .replace(/^must be (?=(array|integer|object)$)/, 'must be an ')
    .replace(/^must be (?=(boolean|number|string)$)/, 'must be a ');
  return `${where === '' ? `The ${part}` : `'${where}' in the ${part}`} ${fault}.`;
}

/** Headers of every answer: no cache stores it, and browsers use it as data of this origin only. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
