/**
 * The long form of what `npm test` checks of the site: it is built, every page is looked at in Chromium, and every page that can be run is run.
 *
 *     npm run site
 */
import { join } from 'node:path';
import { blocksIn } from './blocks.mjs';
import { buildSite, installed } from './build.mjs';
import { markdownFiles } from './links.mjs';
import { allPages, lookAt } from './look.mjs';
import { root } from './pages.mjs';
import { LONG, SHORT, runPage } from './run.mjs';

const { pages, links } = await buildSite();
console.log(`${pages} pages, ${links} links inside the site, none of them dead`);

installed(join(root, 'tools/page'));
const looks = await lookAt(allPages());
console.log(looks === undefined ? 'not looked at: there is no chromium' : `${looks} looks in Chromium, no problem`);

const run = [...SHORT, ...LONG];
let total = 0;
for (const page of run) {
  const { ran, left } = await runPage(page);
  total += ran;
  console.log(`${page}: ${ran} blocks ran`);
  for (const one of left) console.log(`  not run: ${one}`);
}
const shells = blocksIn(markdownFiles().filter((file) => !run.includes(file))).filter(
  ({ language }) => language === 'sh',
);
console.log(`${total} blocks ran; of ${shells.length} in other files, only commands and options are checked`);
