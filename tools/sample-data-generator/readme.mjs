/** The README of the sample data: what they are, and the counts. */
export function describe({ seed, parks, badLines, ...totals }) {
  const parkRows = parks.map(({ park, attractions, photos, users, sequences, visits }) => [
    park,
    attractions,
    photos,
    users,
    sequences,
    visits,
  ]);
  const all = ['all', totals.attractions, totals.photos, totals.users, totals.sequences, totals.visits];
  return `# Sample data (generated)

**Nothing here is real.** The parks, attractions, people and photos are invented by a seeded program, so that the pipeline
can be tried without any download. The parks lie in the open Atlantic; the users are numbered \`…@N99\`. No figure here says anything about
people. The format is that of the SIGIR'17 theme park data set (\`;\`, CRLF, UTF-8, times in UTC seconds).

Made by, in the root of the repository:

\`\`\`sh
node tools/generate-sample-data.mjs --seed ${seed}
\`\`\`

The same seed gives the same bytes; a test holds these files to it. Do not edit them by hand. \`counts.json\` has the figures below for tests.

## What is in it

${table(['park', 'attractions', 'good photo lines', 'users', 'sequences', 'visits'], [...parkRows, all])}

- ${totals.rows} photo lines (headers not counted): ${totals.photos} good, ${totals.bad} bad.
- A user sees one to three parks, so the users of the parks add up to more than all.
- A visit is a distinct user, park, attraction and sequence among the good lines. Photos of one sequence are less than 8 hours
  apart, those of two sequences of a user more: sequences derived from the gaps are the same as those in the files. \`seqID\` counts through one file.
- ${totals.attractionsVisited} of ${totals.attractions} attractions have photos. \`poiID\` is unique within a park only. \`poiFreq\` is the number of good lines of the attraction;
  \`rideDuration\` is in minutes in the attraction files and in seconds in the photo files.
- Users have one of five latent tastes (families, thrills, water, the dark, shows), and some attractions draw everybody.

## What is wrong with it, on purpose

${table(['bad photo lines', 'count'], [...Object.entries(badLines), ['all', totals.bad]])}

A line whose photo id repeats stands after the line that it repeats. Besides, one attraction of TidewrackBay has a latitude that is no
number: its place is unknown, but it is an attraction like any other, and its photos count.
`;
}

function table(header, rows) {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
