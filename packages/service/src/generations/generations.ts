import type { Served } from '../served.js';
import type { Wanted } from './wanted.js';

/** The result of a change of generation; a metric counts each. */
export type SwapResult = 'swapped' | 'refused' | 'rolled-back';

/** What the service knows of the feeds. */
export interface GenerationState {
  /** The last model that was refused, with the code of the error; removed at the next swap. */
  readonly refused?: { readonly model: number; readonly code: string };
  /** The model that was rolled back. The service does not return to it by itself, but takes any other model. */
  readonly heldBack?: number;
  /** The code of the error while the feeds cannot be read. */
  readonly unreachable?: string;
  /** The code of the error while the feed of experiments cannot be read; the experiment in use goes on. */
  readonly experimentsUnreadable?: string;
}

/** The generation in use, and how it changes. */
export interface Generations {
  /** Must be called once for each request, so that no answer mixes two generations. */
  served(): Served;
  state(): GenerationState;
  /** Reads the feeds once, and swaps to the generation they want. Never throws: errors are logged and kept in `state`. */
  check(): Promise<void>;
  /**
   * Goes back to the champion before, and makes it the champion, so that all services on the feeds follow. Where there is no champion, this service alone goes back to
   * the model that it served before, or else to the previous one in the feed, and stays there until the feeds want another model than they do now. Undefined if there is
   * no such model or it has expired; throws if it cannot be loaded.
   */
  rollBack(): Promise<Served | undefined>;
}

/** What a change of generation needs from its caller. */
export interface GenerationSources {
  wanted(): Promise<Wanted | undefined>;
  /** Loads, verifies and tests a generation; throws if it cannot be served. Returns `present` if nothing has changed. */
  load(wanted: Wanted, present: Served): Promise<Served>;
  /** `served`: the model that this service has served before. */
  modelBefore(model: number, served: number | undefined): Promise<number | undefined>;
  /** Makes the feeds want this model; false where they cannot say so. */
  want(model: number): Promise<boolean>;
  /** Called where `want` has failed. */
  onUnshared(error: unknown): void;
  onSwap(result: SwapResult, served: Served, why?: unknown): void;
  /** Called with an error when the feeds can no longer be read, and without one when they can again. */
  onReach(error?: unknown): void;
  readonly now?: () => number;
}

/** A refused model, or an experiment that cannot run, is tried again after this long, since the cause may have been the disk. */
const RETRY_MS = 60_000;

/** Holds the one reference to the served generation. It only changes to a generation that was loaded completely and passed the smoke test. */
export function generationsFrom(
  first: Served,
  running: Pick<Wanted, 'experiment' | 'winner'>,
  sources: GenerationSources,
): Generations {
  const { now = Date.now } = sources;
  let served = first;
  let taken: Wanted = { ...running, model: first.generation.seqs.model };
  const before: number[] = [];
  let state: GenerationState = {};
  let retry: { wanted: Wanted; atMs: number } | undefined;
  let experimentAtMs = now() + RETRY_MS;
  let changing: Promise<unknown> = Promise.resolve();

  /** One change at a time: a rollback waits for a check, and a check for a rollback. */
  const inTurn = <R>(change: () => Promise<R>): Promise<R> => {
    const turn = changing.then(change);
    changing = turn.catch(() => undefined);
    return turn;
  };

  const takeOver = (next: Served, wanted: Wanted, result: SwapResult): void => {
    if (result === 'swapped' && wanted.model !== taken.model) before.push(taken.model);
    [served, taken, retry] = [next, wanted, undefined];
    sources.onSwap(result, next);
  };

  const readFeeds = async (): Promise<Wanted | undefined> => {
    try {
      const wanted = await sources.wanted();
      const { refused, heldBack, unreachable } = state;
      if (unreachable !== undefined) sources.onReach();
      const fault = wanted?.experimentsFault;
      state = {
        ...(refused && { refused }),
        ...(heldBack !== undefined && { heldBack }),
        ...(fault !== undefined && { experimentsUnreadable: codeOf(fault) }),
      };
      return wanted;
    } catch (error) {
      if (state.unreachable === undefined) sources.onReach(error);
      state = { ...state, unreachable: codeOf(error) };
      return undefined;
    }
  };

  const check = async (): Promise<void> => {
    const inFeeds = await readFeeds();
    if (inFeeds === undefined) return;
    const wanted = {
      ...inFeeds,
      ...(inFeeds.model === state.heldBack && { model: taken.model }),
      ...(inFeeds.experimentsFault !== undefined && { experiment: taken.experiment, winner: taken.winner }),
    };
    const again = served.experimentFaults.length > 0 && now() >= experimentAtMs;
    if (same(wanted, taken) && !again) return;
    if (retry !== undefined && same(wanted, retry.wanted) && now() < retry.atMs) return;
    experimentAtMs = now() + RETRY_MS;
    try {
      const next = await sources.load(wanted, served);
      if (next === served) return;
      takeOver(next, wanted, 'swapped');
      const { experimentsUnreadable } = state;
      state = {
        ...(wanted.model !== inFeeds.model && { heldBack: inFeeds.model }),
        ...(experimentsUnreadable !== undefined && { experimentsUnreadable }),
      };
    } catch (error) {
      // It expired while it was read, so by now the feeds want another one.
      if (codeOf(error) === 'FEEDS_EXPIRED' && (await readFeeds())?.model !== inFeeds.model) return check();
      retry = { wanted, atMs: now() + RETRY_MS };
      state = { ...state, refused: { model: wanted.model, code: codeOf(error) } };
      sources.onSwap('refused', served, error);
    }
  };

  const rollBack = async (): Promise<Served | undefined> => {
    const from = taken.model;
    const earlier = before.at(-1);
    const model = await sources.modelBefore(from, earlier).catch(() => earlier);
    if (model === undefined) return undefined;
    const wanted = { ...taken, model };
    try {
      takeOver(await sources.load(wanted, served), wanted, 'rolled-back');
    } catch (error) {
      if (codeOf(error) === 'FEEDS_EXPIRED') return undefined;
      throw error;
    }
    if (model === earlier) before.pop();
    await sources.want(model).catch(sources.onUnshared);
    const inFeeds = (await readFeeds())?.model ?? from;
    state = inFeeds === model ? {} : { heldBack: inFeeds };
    return served;
  };

  return { served: () => served, state: () => state, check: () => inTurn(check), rollBack: () => inTurn(rollBack) };
}

function same(a: Wanted, b: Wanted): boolean {
  return a.model === b.model && a.experiment === b.experiment && a.winner === b.winner;
}

/** Only the code, since the state is public. The message may contain a path, so it goes only into the log. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'UNEXPECTED';
}
