// A store whose requests are counted, for reports.
import type { DriveStore } from './store.js';

/** What was asked of a store. */
export interface Asked {
  requests: number;
  fetchedBytes: number;
}

/** The same store; what is asked of it is added up. */
export function countingStore(store: DriveStore, asked: Asked): DriveStore {
  return {
    url: store.url,
    isExclusive: store.isExclusive,
    isReadOnly: store.isReadOnly,
    edition: store.edition,
    list(each, signal) {
      asked.requests++;
      return store.list(each, signal);
    },
    get(name, write, signal) {
      asked.requests++;
      const counted = (bytes: Buffer): void => {
        asked.fetchedBytes += bytes.length;
        write(bytes);
      };
      return store.get(name, counted, signal);
    },
    put(name, file, how, signal) {
      asked.requests++;
      return store.put(name, file, how, signal);
    },
    remove(name, signal) {
      asked.requests++;
      return store.remove(name, signal);
    },
  };
}
