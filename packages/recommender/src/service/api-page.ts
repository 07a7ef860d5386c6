import { escapeHtml } from './html.js';

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly { name: string; in: string; description?: string; required?: boolean }[];
}

/** A page for people that lists every operation of an OpenAPI document: no script, nothing from elsewhere. */
export function apiPage({
  info,
  paths = {},
}: {
  info: { title: string; description?: string };
  paths?: object;
}): string {
  const operations = Object.entries(paths).flatMap(([path, methods]: [string, Readonly<Record<string, Operation>>]) =>
    Object.entries(methods).map(([method, operation]) => section(path, method, operation)),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(info.title)}: the interface</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #1b1f24; background: #fff; }
h2 { font-size: 1.1rem; margin: 2rem 0 0; } code { background: #eef1f4; padding: 0.1em 0.3em; overflow-wrap: anywhere; }
dt { margin-top: 0.5rem; } dd { margin-left: 1.5rem; }
</style>
</head>
<body>
<main>
<h1>${escapeHtml(info.title)}: the interface</h1>
<p>${escapeHtml(info.description ?? '')}</p>
<p>For programs: <a href="openapi.json">OpenAPI 3.1</a>. For people: <a href="./">the parks</a>.</p>
${operations.join('\n')}
</main>
</body>
</html>
`;
}

function section(path: string, method: string, { summary = '', parameters = [] }: Operation): string {
  const rows = parameters.map(
    ({ name, in: place, description = '', required = false }) =>
      `<dt><code>${escapeHtml(name)}</code> in the ${escapeHtml(place)}${required ? ', required' : ''}</dt><dd>${escapeHtml(description)}</dd>`,
  );
  return `<h2><code>${escapeHtml(method.toUpperCase())} ${escapeHtml(path)}</code></h2>
<p>${escapeHtml(summary)}</p>
${rows.length === 0 ? '' : `<dl>${rows.join('')}</dl>`}`;
}
