// Waiting for what other commands do, for those that stay (spec/cli.md, "read", "feed").
import fs from 'node:fs';

/** Where events of the file system don't come, a look this often has to do. */
const LOOK_MS = 1_000;

/** Resolves when something in the directories changed, after a second at the latest, or when the signal comes. */
export function nextChange(directories: readonly string[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const watchers = directories.map((directory) => watch(directory, () => settle()));
    const timer = setTimeout(() => settle(), LOOK_MS);
    const settle = (): void => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher?.close();
      signal.removeEventListener('abort', settle);
      resolve();
    };
    if (signal.aborted) settle();
    else signal.addEventListener('abort', settle, { once: true });
  });
}

function watch(directory: string, onChange: () => void): fs.FSWatcher | undefined {
  try {
    const watcher = fs.watch(directory, onChange);
    return watcher.on('error', () => watcher.close());
  } catch {
    // Not every file system can be watched; the timer looks then.
    return undefined;
  }
}
