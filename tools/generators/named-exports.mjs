const exported = /^export (type )?\{[^}]*\} from '(\.\/[^']+)\.js';$/gm;

/**
 * Puts `export [type] { name } from './path.js'` where it belongs in an `index.ts`: values before types, both in the order of their paths.
 *
 * @param what `{ name, path, type }`, the path without its extension, such as `./contracts/visits`.
 */
export function withExport(index, { name, path, type = false }) {
  const line = `export ${type ? 'type ' : ''}{ ${name} } from '${path}.js';\n`;
  const same = [...index.matchAll(exported)].filter((match) => Boolean(match[1]) === type);
  const next = same.find((match) => match[2] > path);
  const last = same.at(-1);
  const at = next?.index ?? (last === undefined ? index.length : last.index + last[0].length + 1);
  return index.slice(0, at) + line + index.slice(at);
}
