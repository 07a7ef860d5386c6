import { createHash, randomBytes } from 'node:crypto';
import { FeedsError, json } from '@attractions/feeds';
import type { FeedContract, FeedStore, Field } from '@attractions/feeds';

/** Who was forgotten, by salted hashes: enough to leave them out of later data, and not who they were. */
export interface ForgottenUsers {
  /** Put before an id when it is hashed: 32 hexadecimal digits, the same in all updates. */
  readonly salt: string;
  /** In the order they were forgotten. */
  readonly users: readonly { readonly hash: string; /** ISO 8601, UTC. */ readonly forgottenAt: string }[];
}

const schema: readonly Field[] = [
  { name: 'salt', type: 'utf8', nullable: false, description: 'Put before an id when it is hashed.' },
  {
    name: 'users',
    type: 'json',
    nullable: false,
    description: 'For each, `hash`: SHA-256 of salt and id in UTF-8, in hexadecimal; and `forgottenAt`, UTC.',
  },
];

/** Users who must not come back; each update is the whole list. It never expires. JSON. */
export const forgotten: FeedContract<ForgottenUsers> = {
  path: 'privacy/forgotten/v1.0',
  description: 'Hashes of users who were forgotten, to leave them out of later data.',
  schema,
  codec: json(asForgotten),
};

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

function asForgotten(value: unknown): ForgottenUsers {
  const { salt, users } = Object(value) as Partial<ForgottenUsers>;
  const isHash = (hash: unknown) => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
  const problem =
    typeof salt !== 'string' || !/^[0-9a-f]{32}$/.test(salt)
      ? 'salt is not 32 hexadecimal digits'
      : !Array.isArray(users) || !users.every((user) => isHash(Object(user).hash))
        ? 'users is not a list of hashes'
        : undefined;
  if (problem === undefined) return value as ForgottenUsers;
  throw new FeedsError('FEEDS_VALUE_INVALID', `${problem}.`);
}
