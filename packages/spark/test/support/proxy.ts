import { Client, Server, ServerCredentials, credentials, status } from '@grpc/grpc-js';
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';

/** What the proxy does to one stream of responses. */
export interface Fault {
  /** Responses that go through before it. */
  readonly after: number;
  /** `break`: the connection is lost; `end`: the stream ends as if it were whole; `lose`: the request never arrives, and the connection is lost. */
  readonly kind: 'break' | 'end' | 'lose';
}

/** A proxy in front of a real server. */
export interface Proxy {
  readonly port: number;
  /** Names of the streams that were opened, in order. */
  readonly opened: string[];
  /** What came as `authorization` with the streams. */
  readonly authorizations: unknown[];
  /** Faults of the next streams, in order; without one a stream goes through whole. */
  readonly faults: Fault[];
  stop(): void;
}

const STREAMS = ['ExecutePlan', 'ReattachExecute'];
const CALLS = ['ReleaseExecute', 'Config', 'Interrupt', 'ReleaseSession', 'FetchErrorDetails'];

const same = (bytes: Buffer): Buffer => bytes;
const pathOf = (name: string): string => `/spark.connect.SparkConnectService/${name}`;

/** Starts a proxy that can lose requests and break streams, on a free port; it speaks TLS where it has a key. */
export async function proxyTo(
  port: number,
  security: ServerCredentials = ServerCredentials.createInsecure(),
): Promise<Proxy> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const opened: string[] = [];
  const authorizations: unknown[] = [];
  const faults: Fault[] = [];

  const stream = (name: string) => (call: ServerWritableStream<Buffer, Buffer>) => {
    opened.push(name);
    authorizations.push(...call.metadata.get('authorization'));
    const fault = faults.shift();
    const lost = { code: status.UNAVAILABLE, details: 'the connection was cut' };
    if (fault?.kind === 'lose') return void call.emit('error', lost);
    const behind = client.makeServerStreamRequest(pathOf(name), same, same, call.request, call.metadata);
    let passed = 0;
    behind.on('data', (bytes: Buffer) => {
      if (fault !== undefined && passed >= fault.after) return;
      passed++;
      call.write(bytes);
      if (passed !== fault?.after) return;
      behind.cancel();
      if (fault.kind === 'end') call.end();
      else call.emit('error', lost);
    });
    behind.on('error', (error: Error) => {
      if (passed !== fault?.after) call.emit('error', error);
    });
    behind.on('end', () => {
      if (passed !== fault?.after) call.end();
    });
    call.on('cancelled', () => behind.cancel());
  };

  const unary = (name: string) => (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
    client.makeUnaryRequest(pathOf(name), same, same, call.request, call.metadata, done);
  };

  const method = (name: string, responseStream: boolean) => ({
    path: pathOf(name),
    requestStream: false,
    responseStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  });
  const server = new Server();
  server.addService(
    Object.fromEntries([
      ...STREAMS.map((name) => [name, method(name, true)] as const),
      ...CALLS.map((name) => [name, method(name, false)] as const),
    ]),
    Object.fromEntries([
      ...STREAMS.map((name) => [name, stream(name)] as const),
      ...CALLS.map((name) => [name, unary(name)] as const),
    ]),
  );
  const own = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', security, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  return {
    port: own,
    opened,
    authorizations,
    faults,
    stop() {
      server.forceShutdown();
      client.close();
    },
  };
}
