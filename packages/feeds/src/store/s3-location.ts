import { FeedsError } from '../errors.js';

/** Where in S3 feeds lie. */
export interface S3Location {
  readonly bucket: string;
  /** Begins every key: empty, or with a `/` at its end. */
  readonly prefix: string;
  /** Whether the bucket stands in the path of a request, as most servers other than Amazon's want it, and not in the host. */
  readonly pathStyle: boolean;
}

/**
 * The location of a root such as `s3://bucket/prefix` or `s3://bucket/prefix?path-style=true`. Throws FEEDS_ROOT_INVALID with
 * what is wrong with it.
 */
export function s3Location(root: string): S3Location {
  const invalid = (problem: string) =>
    new FeedsError('FEEDS_ROOT_INVALID', `${JSON.stringify(root)} ${problem}; give s3://bucket/prefix.`);
  const [, bucket = '', path = '', query = ''] = /^s3:\/\/([^/?]*)\/?([^?]*)\??(.*)$/i.exec(root) ?? [];
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) throw invalid(`names the bucket ${JSON.stringify(bucket)}`);
  const parts = path.split('/').filter((part) => part !== '');
  const bad = parts.find((part) => !/^[\w.-]+$/.test(part) || /^\.+$/.test(part));
  if (bad !== undefined)
    throw invalid(`has ${JSON.stringify(bad)} in its prefix, of which not every tool finds the key`);
  const [[name, value] = ['path-style', 'false'], ...more] = new URLSearchParams(query);
  if (name !== 'path-style' || !/^(true|false)$/.test(value) || more.length > 0) {
    throw invalid(`has the option ${query}, where only path-style=true or false may stand`);
  }
  return { bucket, prefix: parts.map((part) => `${part}/`).join(''), pathStyle: value === 'true' };
}
