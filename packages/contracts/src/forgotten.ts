import { createHash, randomBytes } from 'node:crypto';
import type { FeedContract, FeedStore, Parent } from '@attractions/feeds';
import * as v from 'valibot';

import { hexadecimal, jsonFeed, list, object, time } from './document.js';
import type { Infer } from './document.js';
import { ContractsError } from './errors.js';

const document = object({
  /** Put before an id when it is hashed; the same in all updates. */
  salt: v.pipe(hexadecimal(32), v.description('Put before an id when it is hashed.')),
  /** In the order they were forgotten. */
  users: v.pipe(
    list(
      object({
        hash: hexadecimal(64),
        /** ISO 8601, UTC. */
        forgottenAt: time(),
      }),
    ),
    v.description('For each, `hash`: SHA-256 of salt and id in UTF-8, in hexadecimal; and `forgottenAt`, UTC.'),
  ),
});

/** Who was forgotten, by salted hashes: enough to leave them out of later data, and not who they were. */
export type ForgottenUsers = Infer<typeof document>;

/** Users who must not come back; each update is the whole list. It never expires. JSON. */
export const forgotten: FeedContract<ForgottenUsers> = jsonFeed({
  path: 'privacy/forgotten/v1.0',
  description: 'Hashes of users who were forgotten, to leave them out of later data.',
  schema: document,
});

/** The hash under which a user stands in the list. */
export function forgottenHash(salt: string, userId: string): string {
  return createHash('sha256').update(`${salt}${userId}`).digest('hex');
}

/** The list with users added who are not in it yet; the same list where all are. The first list gets a salt. */
export function withForgotten(
  { salt, users }: ForgottenUsers = { salt: randomBytes(16).toString('hex'), users: [] },
  userIds: readonly string[],
  now: Date,
): ForgottenUsers {
  const known = new Set(users.map(({ hash }) => hash));
  const hashes = [...new Set(userIds.map((id) => forgottenHash(salt, id)))].filter((hash) => !known.has(hash));
  return { salt, users: [...users, ...hashes.map((hash) => ({ hash, forgottenAt: now.toISOString() }))] };
}

/** The newest list with its sequence number; undefined where nobody was forgotten. */
export async function readForgotten(
  store: FeedStore,
): Promise<(ForgottenUsers & { readonly seq: number }) | undefined> {
  const feed = store.feed(forgotten);
  if ((await feed.head()) === undefined) return undefined;
  const update = await feed.latest();
  return { ...(await update.read()), seq: update.seq };
}

/**
 * Makes the `guard` of a put whose value holds users. It throws where somebody was forgotten since this call, or an update that the value was made from has
 * expired: `forget` may have looked through the feeds already, and a value with the user in it would come after it.
 *
 * @param seq of the list that was read, where the value leaves out those who are in it; 0: there was none. Default: that of the newest list
 */
export async function guardOfForgotten(
  store: FeedStore,
  parents: readonly Pick<Parent, 'feed' | 'seq'>[],
  seq?: number,
): Promise<() => Promise<void>> {
  const newest = async (): Promise<number> => (await store.feed(forgotten).head())?.seq ?? 0;
  const before = seq ?? (await newest());
  return async () => {
    const gone = [];
    for (const parent of parents) if (await store.log(parent.feed).hasExpired(parent.seq)) gone.push(parent);
    const isForgotten = (await newest()) !== before;
    if (!isForgotten && gone.length === 0) return;
    const [first] = gone;
    const what = isForgotten
      ? 'A user was forgotten meanwhile, and may be in what was made'
      : `Update ${first?.seq} of ${first?.feed}, which this was made from, was given up meanwhile`;
    throw new ContractsError('CONTRACTS_INPUT_GONE', `${what}; nothing was committed. Run again.`);
  };
}
