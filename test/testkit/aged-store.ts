// A store whose listings are old, whatever keeps the files: for servers that answer at once here, and would not far away.
import type { DriveStore, ListedInStore } from '../../src/sync/store/store.js';
import { Lagging } from './lagging.js';

/** The same store, empty so far and for all visitors, with listings that are so old by the clock of {@link Lagging}, ms. */
export function agedStore(store: DriveStore, lagMs: number): DriveStore {
  const files = new Map<string, ListedInStore>();
  const lagging = new Lagging(files, lagMs);
  const listAnew = async (signal: AbortSignal): Promise<void> => {
    const found: ListedInStore[] = [];
    await store.list((file) => void found.push(file), signal);
    files.clear();
    for (const file of found) files.set(file.name, file);
  };
  return {
    ...store,
    list(each) {
      lagging.tick();
      for (const file of lagging.listed.values()) each(file);
      return Promise.resolve();
    },
    get(name, write, signal) {
      lagging.tick();
      return store.get(name, write, signal);
    },
    async put(name, file, how, signal) {
      lagging.tick();
      const put = await store.put(name, file, how, signal);
      await listAnew(signal);
      return put;
    },
    async remove(name, signal) {
      lagging.tick();
      await store.remove(name, signal);
      await listAnew(signal);
    },
  };
}
