import { SparkError } from './errors.js';

/** Where a Spark Connect server is, and how to speak to it. */
export interface Remote {
  /** `host:port`, for gRPC. */
  readonly address: string;
  readonly isTls: boolean;
  /** Sent as `authorization: Bearer …`. Never part of a message. */
  readonly token?: string;
  readonly userId: string;
  /** A UUID; absent: a new one. */
  readonly sessionId?: string;
  /** Other parameters, which are sent with every call. */
  readonly headers: Readonly<Record<string, string>>;
}

const DEFAULT_PORT = 15_002;

/** Parameters that are not sent as headers. */
const RESERVED = new Set(['token', 'use_ssl', 'user_id', 'session_id', 'user_agent']);

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Reads a connection string of Spark Connect: `sc://host:port/;token=…;use_ssl=true;user_id=…;session_id=…`, the port 15002 by default, values
 * percent-encoded. Any other parameter is a header. A token is sent over TLS, except to this machine (127.0.0.1, ::1, localhost) where `use_ssl` is
 * not set: anybody on the way could read it.
 *
 * The form: https://github.com/apache/spark/blob/master/sql/connect/docs/client-connection-string.md
 * @throws SparkError SPARK_REMOTE_INVALID
 */
export function remoteOf(text: string): Remote {
  const [, host = '', port, parameters = ''] =
    /^sc:\/\/(\[[0-9a-f:.]+\]|[^:/;?#@\s]+)(?::(\d{1,5}))?(?:\/(?:;(.*))?)?$/i.exec(text) ?? [];
  if (host === '') throw invalid(text, 'give sc://host:port/;key=value, such as sc://127.0.0.1:15002');
  if (Number(port ?? DEFAULT_PORT) > 65_535 || port === '0')
    throw invalid(text, `the port is ${port}; give 1 to 65535`);
  const values = valuesIn(parameters, text);
  const { token, use_ssl: ssl, user_id: userId, session_id: sessionId } = values;
  const headers = Object.fromEntries(Object.entries(values).filter(([key]) => !RESERVED.has(key)));
  if (ssl !== undefined && !/^(true|false)$/i.test(ssl)) throw invalid(text, `use_ssl is '${ssl}'; give true or false`);
  if (sessionId !== undefined && !UUID.test(sessionId))
    throw invalid(text, `session_id is '${sessionId}'; give a UUID`);
  const isHere = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/i.test(host);
  const isTls = ssl === undefined ? token !== undefined && !isHere : ssl.toLowerCase() === 'true';
  if (token !== undefined && !isTls && !isHere)
    throw invalid(text, 'use_ssl=false would send the token readable; leave it out');
  return {
    address: `${host}:${port ?? DEFAULT_PORT}`,
    isTls,
    userId: userId ?? 'attractions',
    headers,
    ...(token !== undefined && { token }),
    ...(sessionId !== undefined && { sessionId }),
  };
}

function valuesIn(parameters: string, text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const part of parameters.split(';').filter((each) => each !== '')) {
    const equals = part.indexOf('=');
    const [key, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), decoded(part.slice(equals + 1))];
    if (!/^[a-z0-9_.-]+$/i.test(key) || value === undefined || value === '' || /[^\x20-\x7e]/.test(value))
      throw invalid(text, `the parameter '${key}' needs a name and a value, as key=value, percent-encoded`);
    if (values[key] !== undefined) throw invalid(text, `'${key}' is given twice`);
    values[key] = value;
  }
  return values;
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

function invalid(text: string, fix: string): SparkError {
  const shown = text.replace(/(token=)[^;]*/gi, '$1…');
  return new SparkError('SPARK_REMOTE_INVALID', `The address of Spark is '${shown}': ${fix}.`);
}
