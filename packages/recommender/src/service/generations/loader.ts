import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import type { FeedStore } from '@attractions/feeds';
import { RecommenderError } from '../../errors.js';
import type { RecommenderErrorCode } from '../../errors.js';
import type { Generation } from '../../generation/generation.js';
import { loadGeneration } from '../../generation/load.js';

/** Loads and verifies the generation of a model. */
export type LoadGeneration = (model: number) => Promise<Generation>;

/** What the thread sends back. */
export type Loaded =
  { readonly generation: Generation } | { readonly fault: { readonly code?: string; readonly message: string } };

const program = fileURLToPath(new URL('./loader-thread.js', import.meta.url));

/**
 * Loads on a thread of its own, so that reading and checking a large model never holds up an answer. A store in memory cannot be seen from
 * there, nor is there a compiled thread where TypeScript runs from source; then it loads on this thread, between answers.
 */
export function loaderOf(store: FeedStore): LoadGeneration {
  const here = store.root === 'memory:' || !existsSync(program);
  return here ? (model) => loadGeneration(store, model) : (model) => loadOnThread(store.root, model);
}

async function loadOnThread(root: string, model: number): Promise<Generation> {
  const thread = new Worker(program, { workerData: { root, model } });
  thread.unref();
  const loaded = await new Promise<Loaded>((resolve, reject) => {
    thread.once('message', resolve).once('error', reject);
    thread.once('exit', (code) => reject(new Error(`The thread that loads model ${model} ended with code ${code}.`)));
  });
  await thread.terminate();
  if ('generation' in loaded) return loaded.generation;
  const { code = '', message } = loaded.fault;
  throw code.startsWith('RECOMMENDER_')
    ? new RecommenderError(code as RecommenderErrorCode, message)
    : Object.assign(new Error(message), { code });
}
