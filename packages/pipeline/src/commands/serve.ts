import type { Command } from 'commander';

import { commandOf } from './command.js';
import type { Runner } from './command.js';

/** `attractions serve`: the HTTP service, until a signal stops it. */
export function serveCommand(run: Runner): Command {
  return commandOf(
    'serve',
    'the HTTP service on the champion, or on the latest model while there is none; stops on SIGTERM or SIGINT',
  ).action(async () =>
    run(async (context) => {
      const { serve } = await import('../answering.js');
      const { url, generation, experiment, closed } = await serve(context);
      return {
        document: { url, generation, experiment: experiment ?? null },
        text: () => `Serving model ${generation.model} on ${url}; Ctrl-C stops it.`,
        until: closed,
      };
    }),
  );
}
