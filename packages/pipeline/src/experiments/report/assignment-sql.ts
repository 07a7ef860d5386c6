/**
 * The assignment of users in SQL, from the text of an experiment and docs/experiments.md alone. It shares nothing with the code that assigns, so that an error in one
 * shows in the other.
 */
import { sql } from '@attractions/etl';
import type { Sql } from '@attractions/etl';
import type { Experiment } from '@attractions/experiments';

/** floor(h * 10000 / 2^32), h the first 32 bits of SHA-256 of `v1|salt|userId`; exact, since h * 10000 is below 2^53. */
function bucketSql(salt: string, userId: Sql): Sql {
  const digits = sql`substr(sha2(${`v1|${salt}|`} || ${userId}, 256), 1, 8)`;
  return sql`CAST(floor(CAST(conv(${digits}, 16, 10) AS BIGINT) * 10000 / 4294967296) AS INT)`;
}

/** A value for each version; where it is the same for all, it is computed without looking at the version. */
function byVersion(versions: readonly Experiment[], version: Sql, valueOf: (experiment: Experiment) => Sql): Sql {
  const values = versions.map((experiment) => ({ number: experiment.version, value: valueOf(experiment) }));
  const [first] = values;
  if (first !== undefined && values.every(({ value }) => value.text === first.value.text)) return first.value;
  const cases = values.map(({ number, value }) => sql`WHEN ${number} THEN ${value}`);
  return sql`CASE ${version} ${sql.join(cases, ' ')} END`;
}

/** The buckets of a user as columns to be selected: `layer_bucket`, `own_bucket`, `holdout_bucket`. */
export function bucketColumns(versions: readonly Experiment[], version: Sql, userId: Sql): Sql {
  return sql`${byVersion(versions, version, ({ layerSalt }) => bucketSql(layerSalt, userId))} AS layer_bucket,
  ${byVersion(versions, version, ({ salt }) => bucketSql(salt, userId))} AS own_bucket,
  ${byVersion(versions, version, ({ holdout }) => (holdout ? bucketSql(holdout.salt, userId) : sql`-1`))} AS holdout_bucket`;
}

/** The panel of a user whose buckets are columns; NULL for a user who takes no part. What a target asks of the request is not looked at. */
export function panelSql(versions: readonly Experiment[], version: Sql): Sql {
  return byVersion(versions, version, ({ layerBuckets: [from, to], holdout, panels }) => {
    const [heldFrom, heldTo] = holdout?.buckets ?? [0, 0];
    const owned = panels.flatMap(({ name, buckets }) =>
      buckets.map(([low, high]) => sql`WHEN own_bucket >= ${low} AND own_bucket < ${high} THEN ${name}`),
    );
    return sql`CASE WHEN layer_bucket < ${from} OR layer_bucket >= ${to} THEN NULL
    WHEN holdout_bucket >= ${heldFrom} AND holdout_bucket < ${heldTo} THEN NULL
    ${sql.join(owned, ' ')} END`;
  });
}

/** The panel that a version forces on a user, or NULL. */
export function forcedSql(versions: readonly Experiment[], version: Sql, userId: Sql): Sql {
  return byVersion(versions, version, ({ forced = {} }) => {
    const named = Object.entries(forced).map(([user, panel]) => sql`WHEN ${user} THEN ${panel}`);
    return named.length === 0 ? sql`CAST(NULL AS STRING)` : sql`CASE ${userId} ${sql.join(named, ' ')} END`;
  });
}
