import { basename } from 'node:path';
import { CreateError } from './errors.js';

export const LANGUAGES = ['typescript', 'javascript'] as const;
export const PACKAGE_MANAGERS = ['npm', 'pnpm', 'yarn'] as const;
export type Language = (typeof LANGUAGES)[number];
export type PackageManager = (typeof PACKAGE_MANAGERS)[number];

/** What a project is made from. */
export interface Plan {
  /** Of the package, and of its folder. */
  readonly name: string;
  readonly language: Language;
  readonly packageManager: PackageManager;
  /** Paths relative to the project, `s3://…` and `postgres:VARIABLE`; empty: the sample data. */
  readonly data: readonly string[];
}

/** The word for the sample data, where paths are asked for. */
export const SAMPLE = 'sample';

const NAME = /^[a-z0-9][a-z0-9._-]{0,213}$/;

/**
 * The name of a project in a folder.
 * @throws CreateError CREATE_NAME_INVALID
 */
export function nameOf(folder: string): string {
  const name = basename(folder);
  if (NAME.test(name) && name !== 'node_modules') return name;
  throw new CreateError(
    'CREATE_NAME_INVALID',
    `The folder '${name}' cannot be the name of a package; use small letters, digits, '-', '_' and '.', with a letter or digit first, such as my-attractions.`,
  );
}

/**
 * One of the values that a flag takes.
 * @throws CreateError CREATE_USAGE
 */
export function oneOf<T extends string>(what: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new CreateError('CREATE_USAGE', `The ${what} is '${value}'; give one of ${allowed.join(', ')}.`);
}

/** The package manager that started this program, by `npm_config_user_agent`: `pnpm/10.0.0 npm/? node/v20.20.2 …`. */
export function packageManagerOf(userAgent = ''): PackageManager {
  return PACKAGE_MANAGERS.find((name) => userAgent.startsWith(`${name}/`)) ?? 'npm';
}

/** `DATABASE_URL` of `postgres:DATABASE_URL`; undefined: not a database. */
export function variableOf(place: string): string | undefined {
  return /^postgres:([A-Za-z_]\w*)$/i.exec(place)?.[1];
}

/** Whether a place is in this file system. */
export function isPath(place: string): boolean {
  return !/^(s3|postgres):/i.test(place);
}
