import type { Command } from 'commander';

import { commandOf } from './command.js';
import type { Runner } from './command.js';
import { diffCommand } from './feeds/diff.js';
import { catCommand, headCommand, historyCommand, listCommand, schemaCommand, showCommand } from './feeds/inspect.js';
import { aliasCommand, expireCommand, pinCommand, rollbackCommand } from './feeds/keep.js';
import { lineageCommand } from './feeds/lineage.js';
import { repairCommand, verifyCommand } from './feeds/verify.js';

/** `attractions feeds`: what is in the feeds, how it came there, and how long it stays. */
export function feedsCommand(run: Runner): Command {
  return commandOf('feeds', 'the feeds: what they hold, the history of their updates, and what stays of it')
    .addCommand(listCommand(run), { isDefault: true })
    .addCommand(historyCommand(run))
    .addCommand(showCommand(run))
    .addCommand(headCommand(run))
    .addCommand(catCommand(run))
    .addCommand(schemaCommand(run))
    .addCommand(diffCommand(run))
    .addCommand(lineageCommand(run))
    .addCommand(verifyCommand(run))
    .addCommand(repairCommand(run))
    .addCommand(aliasCommand(run))
    .addCommand(rollbackCommand(run))
    .addCommand(pinCommand(run))
    .addCommand(expireCommand(run));
}
