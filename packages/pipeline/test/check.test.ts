import { execFile } from 'node:child_process';
import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { emptyFolder } from './support/command-line.js';

const bin = fileURLToPath(new URL('../bin/attractions.js', import.meta.url));
const packages = fileURLToPath(new URL('../../../node_modules', import.meta.url));

const EVENTS = 'user,item,ts,event\nann,slide,2026-05-01T10:00:00Z,visit\nbob,wheel,2026-05-01T10:05:00Z,left\n';
const COLUMNS = { user: 'user', attraction: 'item', time: 'ts', event: 'event' };

async function project(config: unknown): Promise<string> {
  const folder = await emptyFolder();
  await symlink(packages, join(folder, 'node_modules'));
  await writeFile(join(folder, 'events.csv'), EVENTS);
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  await writeFile(join(folder, 'attractions.config.json'), text);
  return folder;
}

/** `attractions check` in a folder, with these settings. */
function check(cwd: string, ...argv: string[]) {
  const env = { PATH: process.env['PATH'] ?? '', FORCE_COLOR: '0' };
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [bin, 'check', ...argv], { cwd, env }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const visits = { type: 'csv', files: 'events.csv', columns: COLUMNS };

describe('attractions check', () => {
  test('looks at the sources and the store of a sound configuration, shows rows, and writes nothing', async () => {
    const folder = await project({ sources: { visits }, events: { visit: 1, left: -1 } });
    const before = await readdir(folder);
    const { exitCode, stdout } = await check(folder, '--json');
    expect(exitCode).toBe(0);
    const { passed, looks } = JSON.parse(stdout);
    expect(passed).toBe(true);
    expect(looks.map(({ what }: { what: string }) => what)).toEqual(['sources.visits', 'feeds']);
    expect(looks[0].sample[0]).toMatchObject({ user: 'ann', attraction: 'slide' });
    expect(await readdir(folder)).toEqual(before);
  });

  test('names a file that is not there, and still looks at the store', async () => {
    const folder = await project({ sources: { visits: { ...visits, files: 'gone/*.csv' } } });
    const { exitCode, stdout } = await check(folder);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/FAIL sources\.visits: .*gone\/\*\.csv/);
    expect(stdout).toMatch(/ok {3}feeds: no feeds yet/);
  });

  test('shows what would be refused and why, by the attractions and the events that are configured', async () => {
    const attractions = {
      type: 'csv',
      files: 'items.csv',
      columns: { attraction: 'id', name: 'name', latitude: 'lat' },
    };
    const folder = await project({ sources: { visits, attractions }, events: { visit: 1, left: -1 } });
    const more = 'cat,slide,noon,visit\ndan,gone,2026-05-01T10:00:00Z,visit\neve,slide,2026-05-01T10:00:00Z,ate\n';
    await writeFile(join(folder, 'events.csv'), EVENTS + more + 'ann,slide,2026-05-01T10:00:00Z,visit\n'.repeat(95));
    await writeFile(
      join(folder, 'items.csv'),
      'id,name,lat\nslide,The slide,91\nwheel,The wheel,52.5\nslide,Again,52\n',
    );
    const { exitCode, stdout } = await check(folder, '--json');
    const [first, second] = JSON.parse(stdout).looks;
    expect(first).toMatchObject({ passed: true, rows: 100, refused: 3, exitCode: 0 });
    expect(first.sample).toHaveLength(10);
    expect(
      first.refusals.map(({ file, line, column, refused }: Record<string, unknown>) => [file, line, column, refused]),
    ).toEqual([
      ['events.csv', 4, 'time', "'noon' is not a time in ISO 8601."],
      ['events.csv', 5, 'attraction', "There is no attraction 'gone'."],
      ['events.csv', 6, 'event', "The event 'ate' has no weight in the setting events."],
    ]);
    expect(second).toMatchObject({ passed: false, rows: 3, refused: 1, exitCode: 3 });
    expect(exitCode).toBe(3);
    const text = (await check(folder)).stdout;
    expect(text).toContain("events.csv:4 (time): 'noon' is not a time in ISO 8601.  cat,slide,noon,visit");
    expect(text).toMatch(/FAIL sources\.attractions: .* 1 would be refused, more than the share of 0\.05/);
  });

  const broken: readonly [what: string, config: unknown, problems: readonly RegExp[]][] = [
    ['an unknown section', { source: {} }, [/source is unknown; did you mean sources\?/]],
    ['an unknown type of source', { sources: { visits: { type: 'cvs' } } }, [/sources\.visits\.type is "cvs"/]],
    ['no source of visits', { sources: {} }, [/sources\.visits\.type is missing/]],
    ['an option that no source has', { sources: { visits: { ...visits, delimeter: ';' } } }, [/delimeter/]],
    ['a weight that is a text', { sources: { visits }, events: { visit: 'much' } }, [/events\.visit is "much"/]],
    ['events as a list', { events: [1] }, [/events is \[1\]/]],
    ['a rule without a name', { rules: [{}] }, [/rules\[0\]\.name is missing/]],
    ['two faults at once', { source: {}, rules: 3 }, [/source is unknown/, /rules is 3/]],
    ['lists that are not there', { mapping: 'gone.csv' }, [/mapping.*gone\.csv/]],
    ['text that is not JSON', '{ "sources": ', [/attractions\.config\.json cannot be read/]],
  ];

  test.each(broken)('refuses %s with file and key', async (_what, config, problems) => {
    const { exitCode, stderr } = await check(await project(config));
    expect(exitCode).toBe(2);
    for (const problem of problems) expect(stderr).toMatch(problem);
    expect(stderr).toMatch(/attractions\.config\.json/);
  });
});
