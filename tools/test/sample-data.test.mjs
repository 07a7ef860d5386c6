/** The committed sample data: the generator's own bytes, and what its README claims, counted here another way. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const tools = join(import.meta.dirname, '..');
const committed = join(tools, 'sample-data');
const HOUR = 3600;

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function linesOf(path) {
  const text = readFileSync(path, 'utf8');
  assert.ok(text.endsWith('\r\n'), `${path} ends with CRLF`);
  assert.ok(!/[^\r]\n/.test(text), `${path} has no LF without CR`);
  return text.split('\r\n').slice(0, -1);
}

describe('the generator', () => {
  let folder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sample-data-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const generateInto = (out, ...more) => {
    const script = join(tools, 'generate-sample-data.mjs');
    const { status, stderr } = spawnSync(process.execPath, [script, '--out', out, ...more], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  };

  test('writes the committed files again, byte for byte', () => {
    const again = join(folder, 'again');
    generateInto(again);
    assert.deepEqual(filesIn(again), filesIn(committed));
    for (const path of filesIn(committed)) {
      const same = readFileSync(join(again, path)).equals(readFileSync(join(committed, path)));
      assert.ok(same, `${path} differs; run node tools/generate-sample-data.mjs and look at the difference`);
    }
  });

  test('writes other people for another seed', () => {
    const other = join(folder, 'other');
    generateInto(other, '--seed', '7');
    const path = 'userVisits-sample/userVisits-EmberIsle-allPOI.csv';
    assert.notEqual(readFileSync(join(other, path), 'utf8'), readFileSync(join(committed, path), 'utf8'));
  });
});

/** Attractions by `park:poi`, as the attraction files have them. */
function readAttractions() {
  const attractions = new Map();
  for (const file of readdirSync(join(committed, 'poiList-sample'))) {
    const park = file.match(/^POI-(\w+)\.csv$/)[1];
    const [header, ...lines] = linesOf(join(committed, 'poiList-sample', file));
    assert.equal(header, 'poiID;poiName;lat;long;rideDuration;theme;theme2;theme3;theme4');
    for (const line of lines) {
      const [poi, name, lat, long, minutes, ...themes] = line.split(';');
      assert.equal(themes.length, 4, line);
      attractions.set(`${park}:${poi}`, {
        name,
        lat: Number(lat),
        long: Number(long),
        minutes: Number(minutes),
        theme: themes[0],
      });
    }
  }
  return attractions;
}

/** The photo lines that one strict pattern takes, whose attraction exists and whose time is plausible; repeats apart. */
function readPhotos(attractions) {
  const good = /^(\d+);"(\d+@N99)";(\d{10});(\d+);"([\w ]+)";(\d+);(\d+);(\d+)$/;
  const photos = [];
  const seen = new Set();
  let rows = 0;
  let repeats = 0;
  for (const file of readdirSync(join(committed, 'userVisits-sample'))) {
    const park = file.match(/^userVisits-(\w+)-allPOI\.csv$/)[1];
    const [header, ...lines] = linesOf(join(committed, 'userVisits-sample', file));
    assert.equal(header, '"id";"nsid";"takenUnix";"poiID";"poiTheme";"poiFreq";"rideDuration";"seqID"');
    rows += lines.length;
    for (const line of lines) {
      const [, id, user, time, poi, theme, frequency, seconds, sequence] = line.match(good) ?? [];
      const attraction = `${park}:${poi}`;
      if (id === undefined || !attractions.has(attraction)) continue;
      if (seen.has(id)) {
        repeats++;
        continue;
      }
      seen.add(id);
      const figures = { time: Number(time), frequency: Number(frequency), seconds: Number(seconds) };
      photos.push({ user, park, attraction, theme, ...figures, sequence: `${park}:${sequence}` });
    }
  }
  return { photos, rows, repeats };
}

describe('the committed data', () => {
  const counts = JSON.parse(readFileSync(join(committed, 'counts.json'), 'utf8'));
  const attractions = readAttractions();
  const { photos, rows, repeats } = readPhotos(attractions);
  const grouped = (key) => groupBy(photos, key);

  test('has the counts that counts.json states', () => {
    const distinct = (key) => new Set(photos.map(key)).size;
    assert.equal(rows, counts.rows);
    assert.equal(photos.length, counts.photos);
    assert.equal(rows - photos.length, counts.bad);
    assert.equal(repeats, counts.badLines['a photo id that repeats']);
    assert.equal(attractions.size, counts.attractions);
    assert.equal(
      distinct(({ user }) => user),
      counts.users,
    );
    assert.equal(
      distinct(({ attraction }) => attraction),
      counts.attractionsVisited,
    );
    assert.equal(
      distinct(({ sequence }) => sequence),
      counts.sequences,
    );
    assert.equal(
      distinct(({ user, attraction, sequence }) => `${user} ${attraction} ${sequence}`),
      counts.visits,
    );
  });

  test('has one place that is no place', () => {
    const nowhere = [...attractions].filter(([, { lat, long }]) => Number.isNaN(lat + long));
    assert.equal(nowhere.length, counts.badCoordinates);
  });

  test('agrees with itself: theme, frequency and duration of each photo are its attraction’s', () => {
    for (const [id, ofAttraction] of grouped(({ attraction }) => attraction)) {
      const { theme, minutes } = attractions.get(id);
      for (const photo of ofAttraction) {
        const { theme: stated, frequency, seconds } = photo;
        assert.deepEqual([stated, frequency, seconds], [theme, ofAttraction.length, minutes * 60], id);
      }
    }
  });

  test('has sequences of one user, less than 8 hours between photos and 8 or more between sequences', () => {
    for (const ofSequence of grouped(({ sequence }) => sequence).values()) {
      assert.equal(new Set(ofSequence.map(({ user }) => user)).size, 1);
    }
    for (const ofUser of grouped(({ user }) => user).values()) {
      const ordered = ofUser.toSorted((a, b) => a.time - b.time);
      for (let next = 1; next < ordered.length; next++) {
        const [one, other] = [ordered[next - 1], ordered[next]];
        assert.equal(other.time - one.time < 8 * HOUR, other.sequence === one.sequence);
      }
    }
  });

  test('has users with tastes: two days of one user agree in theme more often than days of two users', () => {
    const days = [...grouped(({ sequence }) => sequence).values()];
    const profiles = days.map((day) => ({ user: day[0].user, shares: themeShares(day) }));
    const pairs = profiles.flatMap((one, index) => profiles.slice(index + 1).map((other) => [one, other]));
    const mean = (of) => of.reduce((sum, [one, other]) => sum + agreement(one.shares, other.shares), 0) / of.length;
    const [own, others] = [true, false].map((same) =>
      pairs.filter(([one, other]) => (one.user === other.user) === same),
    );
    assert.ok(own.length > 1000, `${own.length} pairs of days of one user`);
    const [within, between] = [mean(own), mean(others)];
    assert.ok(within > 1.5 * between, `${within} within users against ${between} between them`);
  });
});

/** Which share of the photos of a day shows which theme. */
function themeShares(day) {
  return [...groupBy(day, ({ theme }) => theme)].map(([theme, { length }]) => ({ theme, share: length / day.length }));
}

/** The chance that a photo of one day and a photo of another show attractions of one theme. */
function agreement(shares, others) {
  let chance = 0;
  for (const { theme, share } of shares) {
    for (const other of others) if (other.theme === theme) chance += share * other.share;
  }
  return chance;
}

function groupBy(items, key) {
  const groups = new Map();
  for (const item of items) {
    const group = groups.get(key(item)) ?? [];
    group.push(item);
    groups.set(key(item), group);
  }
  return groups;
}
