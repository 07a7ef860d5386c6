/**
 * Lists the licences of everything that each public package installs, as a Markdown table.
 *
 *     npm run licences
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publicPackages } from '../publish/public-packages.mjs';
import { broughtBy, readLockfile } from './lockfile.mjs';

/** May be part of a product: they require a notice at most. */
const forUsers = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0'];
/** May also be used to build and test, which ships nothing. */
const forDevelopment = [...forUsers, 'Python-2.0', 'CC-BY-4.0', 'CC0-1.0', 'Unlicense', 'WTFPL', 'AFL-2.1'];

/** Things whose package.json names no licence, by the text of their file LICENSE. */
const byFile = { '@openfeature/ofrep-core': 'Apache-2.0', '@openfeature/ofrep-provider': 'Apache-2.0' };

const acceptable = (expression, licences) =>
  expression
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => licences.includes(licence)));

/** The things whose licence, an SPDX expression, is missing or not on the list for that use. */
export function unacceptable(things, use) {
  const licences = use === 'users' ? forUsers : forDevelopment;
  return things.filter(({ where = '', name = where.replace(/^.*node_modules[/]/, ''), license = byFile[name] }) => {
    return license === undefined || !acceptable(license, licences);
  });
}

function table(root) {
  const entries = readLockfile(join(root, 'package-lock.json'));
  const rows = new Map();
  for (const { name } of publicPackages(root))
    for (const thing of broughtBy(entries, `packages/${name}`).slice(1)) {
      const key = `${thing.name}@${thing.version}`;
      rows.set(key, { ...thing, by: [...(rows.get(key)?.by ?? []), name] });
    }
  const lines = [...rows].sort().map(([key, { license, by }]) => `| \`${key}\` | ${license} | ${by.join(', ')} |`);
  return ['| package | licence | brought by |', '| --- | --- | --- |', ...lines].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(table(join(import.meta.dirname, '../..')));
