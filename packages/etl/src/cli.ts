#!/usr/bin/env node
import { plural, runStage } from '@attractions/config';
import { checksSection, eventsSection, pseudonymizeSection, sourcesSection } from './config-file.js';
import { runEtl } from './driver.js';
import type { EtlSummary } from './driver.js';
import { etlSettings } from './settings.js';

function summaryText(summary: EtlSummary): string {
  const { rows, files, kept, duplicates, rejected, visits, users, attractions, parks, feeds, seconds } = summary;
  const { unchanged, read } = summary;
  return [
    `Read ${rows} ${plural(rows, 'row')} of ${files} ${plural(files, 'file')} in ${seconds.toFixed(2)} s: ${kept} kept, ${duplicates} repeated, ${rejected} refused.`,
    `${visits} ${plural(visits, 'visit')} of ${users} ${plural(users, 'user')}; ${attractions} ${plural(attractions, 'attraction')} of ${parks} ${plural(parks, 'park')}.`,
    ...(unchanged
      ? [`Nothing is new since update ${unchanged.seq} of ${unchanged.feed}, so nothing was read or put.`]
      : []),
    ...(read === 'new' ? ['Only what is new was read.'] : []),
    ...feeds.map(({ feed, seq }) => `Put ${feed}, update ${seq}.`),
  ].join('\n');
}

process.exitCode = await runStage(
  {
    name: 'attractions-etl',
    purpose: 'loads raw visit files and puts attractions, rejects and visits into their feeds.',
    settings: etlSettings,
    sections: {
      sources: sourcesSection,
      events: eventsSection,
      checks: checksSection,
      pseudonymize: pseudonymizeSection,
    },
    flags: { full: 'read all raw data, also where only some of it is new' },
    async run(config, { logger, signal, progress, flags, own: { sources, ...own } }) {
      const full = flags.has('full');
      const summary = await runEtl(config, { logger, signal, progress, full, ...own, ...sources });
      return { document: summary, text: () => summaryText(summary) };
    },
  },
  process.argv.slice(2),
);
