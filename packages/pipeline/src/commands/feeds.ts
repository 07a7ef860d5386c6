import type { Command } from 'commander';

import { commandOf } from './command.js';
import type { Runner } from './command.js';
import { diffCommand } from './feeds/diff.js';
import { catCommand, headCommand, historyCommand, listCommand, schemaCommand, showCommand } from './feeds/inspect.js';
import { aliasCommand, expireCommand, pinCommand, rollbackCommand } from './feeds/keep.js';
import { lineageCommand } from './feeds/lineage.js';
import { repairCommand, verifyCommand } from './feeds/verify.js';

/** `attractions feeds`: the contents of the feeds, their history, and how long updates are kept. */
export function feedsCommand(run: Runner): Command {
  return commandOf('feeds', 'the feeds: contents and history of their updates, checks, aliases, pins and expiry')
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
