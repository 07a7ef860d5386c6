import { fileURLToPath } from 'node:url';
import { credentials, Metadata, makeClientConstructor, status } from '@grpc/grpc-js';
import type { Client, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { MessageTypeDefinition, MethodDefinition, ServiceDefinition } from '@grpc/proto-loader';

import { SparkError } from './errors.js';
import type { ServerError } from './errors.js';
import type { Remote } from './remote.js';

/** A response of an execution; one of the properties is there. */
export interface Response {
  readonly response_id: string;
  readonly server_side_session_id: string;
  readonly arrow_batch?: { readonly row_count: number; readonly data: Uint8Array };
  readonly sql_command_result?: object;
  readonly result_complete?: object;
  readonly execution_progress?: {
    readonly stages: readonly { readonly num_tasks: number; readonly num_completed_tasks: number }[];
  };
  readonly ml_command_result?: {
    readonly operator_info?: { readonly obj_ref?: { readonly id: string }; readonly warning_message?: string };
  };
}

/** The calls of Spark Connect. Each sends the session and the user with it. */
export interface Channel {
  /** @throws SparkError */
  call<T>(method: string, request: object, options?: CallOptions): Promise<T>;
  stream(method: string, request: object): ClientReadableStream<Response>;
  /** Waits until the server answers. @throws SparkError SPARK_UNREACHABLE */
  ready(timeoutMs: number): Promise<void>;
  /** The error of a call, as the server explains it. */
  explained(error: unknown): Promise<SparkError>;
  close(): void;
}

interface CallOptions {
  /** Default: 30,000. */
  readonly deadlineMs?: number;
}

/** Names of the fields of an error in the messages of gRPC. */
interface ErrorDetails {
  readonly root_error_idx?: number;
  readonly errors: readonly {
    readonly error_type_hierarchy: readonly string[];
    readonly message: string;
    readonly spark_throwable?: { readonly message_parameters: Readonly<Record<string, string>> };
  }[];
}

interface Status {
  readonly details: readonly { readonly type_url: string; readonly value: Uint8Array }[];
}

interface ErrorInfo {
  readonly metadata: Readonly<Record<string, string>>;
}

/** As in Spark's own clients. */
const MAX_MESSAGE_BYTES = 128 << 20;

const options = {
  keepCase: true,
  longs: Number,
  enums: String,
  defaults: true,
  arrays: true,
  objects: true,
  oneofs: true,
};
const protos = loadSync(['connect.proto', 'status.proto'], {
  ...options,
  includeDirs: [fileURLToPath(new URL('../proto', import.meta.url))],
});
const service = protos['spark.connect.SparkConnectService'] as ServiceDefinition;
const Stub = makeClientConstructor(service, 'SparkConnectService');

/** A connection to a server, for one session. Connects at the first call. */
export function channelTo(remote: Remote, sessionId: string): Channel {
  const metadata = new Metadata();
  if (remote.token !== undefined) metadata.set('authorization', `Bearer ${remote.token}`);
  for (const [name, value] of Object.entries(remote.headers)) metadata.set(name, value);
  const security = remote.isTls ? credentials.createSsl() : credentials.createInsecure();
  const client: Client = new Stub(remote.address, security, {
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1_000,
    // A query that was sent twice would run twice: only `execute` knows when to send again.
    'grpc.enable_retries': 0,
  });
  const own = { session_id: sessionId, user_context: { user_id: remote.userId, user_name: remote.userId } };
  const complete = (request: object) => ({ ...own, client_type: '@attractions/spark', ...request });

  const send = <T>(name: string, request: object, deadlineMs: number): Promise<T> => {
    const { path, requestSerialize, responseDeserialize } = methodOf(name);
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + deadlineMs;
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, complete(request), metadata, { deadline }, (error, response) => error ? reject(error) : resolve(response as T)); // prettier-ignore
    });
  };

  const explained = async (error: unknown): Promise<SparkError> => {
    if (error instanceof SparkError) return error;
    if (!isServiceError(error)) return new SparkError('SPARK_QUERY_FAILED', String(error), { cause: error });
    const info = infoOf(error);
    const errorId = info?.['errorId'];
    const details =
      errorId === undefined
        ? undefined
        : await send<ErrorDetails>('FetchErrorDetails', { error_id: errorId }, 5_000).catch(() => undefined);
    return sparkErrorOf(error, info, details, remote.address);
  };

  return {
    async call<T>(method: string, request: object, { deadlineMs = 30_000 }: CallOptions = {}) {
      try {
        return await send<T>(method, request, deadlineMs);
      } catch (error) {
        throw await explained(error);
      }
    },
    stream(name, request) {
      const { path, requestSerialize, responseDeserialize } = methodOf(name);
      const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, complete(request), metadata); // prettier-ignore
      return call as ClientReadableStream<Response>;
    },
    ready: (timeoutMs) =>
      new Promise((resolve, reject) => {
        client.waitForReady(Date.now() + timeoutMs, (error) => {
          if (error === undefined || error === null) return resolve();
          const seconds = Math.round(timeoutMs / 100) / 10;
          reject(new SparkError('SPARK_UNREACHABLE', `No Spark Connect server answers at ${remote.address} within ${seconds} s; start one, or correct the address.`, { cause: error })); // prettier-ignore
        });
      }),
    explained,
    close: () => client.close(),
  };
}

/** Whether the connection broke, so that the same call may be tried again. */
export function isBroken(error: unknown): boolean {
  return (
    isServiceError(error) && (error.code === status.UNAVAILABLE || /INVALID_CURSOR.DISCONNECTED/.test(error.details))
  );
}

/** Whether the server does not know the operation, since its request never arrived. Sail says so in words only. */
export function isUnknownOperation(error: unknown): boolean {
  return (
    isServiceError(error) &&
    /INVALID_HANDLE\.(OPERATION|SESSION)_NOT_FOUND|^invalid argument: (operation|session) not found/.test(error.details)
  );
}

function sparkErrorOf(
  error: ServiceError,
  info: ErrorInfo['metadata'] | undefined,
  details: ErrorDetails | undefined,
  address: string,
): SparkError {
  const chain = details?.errors ?? [];
  const at = details?.root_error_idx ?? 0;
  const root = chain[at];
  const whole = root?.message ?? error.details;
  // Java's errors go on with the places they went through.
  const [message = whole] = whole.split(/\n\s*at /);
  const parameters = root?.spark_throwable?.message_parameters;
  const { errorClass, sqlState } = info ?? {};
  const server: ServerError = {
    message: whole,
    status: status[error.code] ?? String(error.code),
    ...(errorClass !== undefined && { errorClass }),
    ...(sqlState !== undefined && { sqlState }),
    ...(parameters !== undefined && { parameters }),
    ...(chain.length > 1 && {
      causes: chain
        .filter((_, n) => n !== at)
        .map(({ error_type_hierarchy: [type], message: text }) => `${type}: ${text.split('\n')[0]}`),
    }),
  };
  const options = { cause: error, server };
  if (error.code === status.UNAUTHENTICATED || error.code === status.PERMISSION_DENIED)
    return new SparkError('SPARK_DENIED', `The server at ${address} refuses: ${message}; check the token.`, options);
  if (error.code === status.UNAVAILABLE || error.code === status.DEADLINE_EXCEEDED)
    return new SparkError(
      'SPARK_UNREACHABLE',
      `The server at ${address} does not answer any more: ${message}.`,
      options,
    );
  if (/INVALID_HANDLE\.(SESSION|OPERATION)/.test(`${errorClass} ${message}`))
    return new SparkError('SPARK_SESSION_LOST', `The server at ${address} no longer knows the session, with its views and models: ${message} Start again.`, options); // prettier-ignore
  return new SparkError('SPARK_QUERY_FAILED', message, options);
}

function infoOf(error: ServiceError): ErrorInfo['metadata'] | undefined {
  const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? [];
  if (!(bytes instanceof Uint8Array)) return undefined;
  const { details } = messageOf<Status>('google.rpc.Status', bytes);
  const found = details.find(({ type_url: type }) => type.endsWith('/google.rpc.ErrorInfo'));
  return found && messageOf<ErrorInfo>('google.rpc.ErrorInfo', found.value).metadata;
}

function messageOf<T>(name: string, bytes: Uint8Array): T {
  return (protos[name] as MessageTypeDefinition<object, object>).deserialize(Buffer.from(bytes)) as T;
}

function methodOf(name: string): MethodDefinition<object, object> {
  return service[name] as MethodDefinition<object, object>;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && typeof error.details === 'string';
}
