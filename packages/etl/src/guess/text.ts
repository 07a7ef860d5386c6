import type { Guess, GuessedSource, Offer } from './guess.js';

/** A guess as the text of `attractions.config.mjs`; what it is not sure of stands above each line as a comment. */
export function configText({ sources, events, notes, offers }: Guess, from: readonly string[]): string {
  const above = (key: string, depth: number): string[] =>
    (notes[key] ?? []).map((note) => `${indent(depth)}// ? ${note}`);
  const source = (role: string, value: GuessedSource): string[] => {
    const key = `sources.${role}`;
    return [
      `${indent(2)}${role}: {`,
      ...Object.entries(value).flatMap(([name, each]) => [
        ...(name === 'columns' ? [] : above(`${key}.${name}`, 3)),
        ...(name === 'columns' ? columns(key, each as object) : [`${indent(3)}${name}: ${literal(each)},`]),
      ]),
      `${indent(2)}},`,
    ];
  };
  const columns = (key: string, places: object): string[] => [
    ...above(`${key}.columns`, 3),
    `${indent(3)}columns: {`,
    ...Object.entries(places).flatMap(([name, place]) => [
      ...above(`${key}.columns.${name}`, 4),
      `${indent(4)}${name}: ${literal(place)},`,
    ]),
    ...(offers[`${key}.columns`] ?? []).map((offer) => `${indent(4)}${offered(offer)}`),
    `${indent(3)}},`,
  ];
  const lines = [
    `// Made by \`${['attractions init', ...from].join(' ')}\`. What it was not sure of is marked with "?"; \`attractions check\` shows ten rows as they would be read.`,
    '// Paths are relative to this file.',
    'export default {',
    ...above('sources', 1),
    `${indent(1)}sources: {`,
    ...source('visits', sources.visits),
    ...(sources.attractions ? source('attractions', sources.attractions) : []),
    `${indent(1)}},`,
    ...(events
      ? [
          ...above('events', 1),
          `${indent(1)}events: {`,
          ...Object.entries(events).map(([name, weight]) => `${indent(2)}${keyOf(name)}: ${weight},`),
          `${indent(1)}},`,
        ]
      : []),
    '};',
  ];
  return `${lines.join('\n')}\n`;
}

const indent = (depth: number): string => '  '.repeat(depth);

const offered = ({ key, value, reason }: Offer): string => `// ? ${key}: ${literal(value)}, // ${reason}`;

const keyOf = (name: string): string => (/^[a-z_$][\w$]*$/i.test(name) ? name : literal(name));

/** A value as JavaScript: texts in single quotes. */
function literal(value: unknown): string {
  if (typeof value === 'string')
    return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value).map(([key, each]) => `${keyOf(key)}: ${literal(each)}`).join(', ')} }`; // prettier-ignore
  return JSON.stringify(value);
}
