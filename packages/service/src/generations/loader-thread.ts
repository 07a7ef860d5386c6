/** The thread of `loader-threads.ts`: loads generations as it is asked, and sends each in pieces, the next when it is asked for it. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { openFeeds, preloadParquet } from '@attractions/feeds';
import { BUILT_IN_KINDS, kindsNamed, loadGeneration, memoryOf, packed } from '@attractions/models';
import type { ScoringKind } from '@attractions/models';
import { ownKindsIn } from '@attractions/models/config-file';
import { stepBack } from '../step-back.js';
import type { Loaded, LoadOrder, Ordered } from './loader-threads.js';

const port = parentPort;

if ((workerData as { readonly behindAnswers: boolean }).behindAnswers) stepBack();

// The first order would wait for it.
void preloadParquet();

/** Generations up to this size are sent as one message. */
const SMALL_BYTES = 1 << 22;

/** Kinds that were read from configuration files; most tenants share one. */
const ownKinds = new Map<string | undefined, Promise<readonly ScoringKind[]>>();

async function load(n: number, { root, model, kinds, configFile }: LoadOrder): Promise<void> {
  const send = (message: Loaded, memory: readonly ArrayBuffer[] = []) => port?.postMessage({ n, ...message }, memory);
  try {
    const own = ownKinds.get(configFile) ?? ownKindsIn(configFile);
    ownKinds.set(configFile, own);
    const chosen = kindsNamed(kinds, [...(await own), ...BUILT_IN_KINDS]);
    const { frame, pieces } = packed(await loadGeneration(openFeeds(root), model, chosen));
    const memory = pieces.flatMap(memoryOf);
    if (memory.reduce((sum, { byteLength }) => sum + byteLength, 0) <= SMALL_BYTES)
      return send({ frame, due: pieces.length, pieces }, memory);
    send({ frame, due: pieces.length, pieces: [] });
    for (const piece of pieces) {
      await next(n);
      send({ pieces: [piece] }, memoryOf(piece));
    }
  } catch (error) {
    const { code, exitCode, message } = error as { code?: string; exitCode?: number; message: string };
    send({ fault: { code, exitCode, message } });
  }
}

/** Waits until the next piece is asked for. */
async function next(n: number): Promise<void> {
  for (;;) {
    const [asked] = (port ? await once(port, 'message') : [{ n }]) as [Ordered];
    if (asked.n === n) return;
  }
}

port?.on('message', ({ n, order }: Ordered) => {
  if (order) void load(n, order);
});
