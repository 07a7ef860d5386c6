#!/usr/bin/env node
const built = new URL('../dist/cli.js', import.meta.url);
const { existsSync } = await import('node:fs');

if (existsSync(built)) {
  const { main } = await import(built.href);
  // The reader of a pipe may close it early, as `head` does.
  process.stdout.on('error', ({ code }) => process.exit(code === 'EPIPE' ? 0 : 1));
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write('attractions is not built yet: run `npm run build` in the repository first.\n');
  process.exitCode = 1;
}
