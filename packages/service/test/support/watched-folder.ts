import { on } from 'node:events';
import { watch } from 'node:fs';

/**
 * Settles when `holds` is true: calls it now, and again each time a name is added to the folder or removed.
 * @param folder must exist
 */
export async function untilInFolder(folder: string, holds: () => Promise<boolean>): Promise<void> {
  const watcher = watch(folder);
  try {
    // Queues changes from here on, so none is missed while `holds` looks.
    const changes = on(watcher, 'change');
    while (!(await holds())) await changes.next();
  } finally {
    watcher.close();
  }
}
