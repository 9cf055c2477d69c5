// What visits to a store cost: what it is asked, beside the bundles themselves, and how many bytes go with that.
import type { DriveStore } from '../../src/sync/store/store.js';
import { visitFar } from '../testkit/memory-store.js';
import type { Replica } from '../testkit/replica.js';

/** Of one visit. */
export interface Cost {
  /** In words: "list", "get drive.json". */
  readonly requests: string[];
  /** Bytes of files that were put, and that were fetched. */
  putBytes: number;
  fetchedBytes: number;
}

/** Requests for anything but bundles. */
export function besideBundles({ requests }: Cost): string[] {
  return requests.filter((request) => !request.endsWith('.satchel'));
}

/** What a visit asks a store. */
export async function costOf(one: Replica, store: DriveStore): Promise<Cost> {
  const cost: Cost = { requests: [], putBytes: 0, fetchedBytes: 0 };
  const { failure } = await visitFar(one, notedStore(store, cost));
  if (failure) throw failure;
  return cost;
}

/** The same store, which notes what it is asked. */
function notedStore(store: DriveStore, cost: Cost): DriveStore {
  return {
    ...store,
    list(each, signal) {
      cost.requests.push('list');
      return store.list(each, signal);
    },
    get(name, write, signal) {
      cost.requests.push(`get ${name}`);
      const counted = (bytes: Buffer): void => {
        cost.fetchedBytes += bytes.length;
        write(bytes);
      };
      return store.get(name, counted, signal);
    },
    put(name, file, how, signal) {
      cost.requests.push(`put ${name}`);
      cost.putBytes += file.size;
      return store.put(name, file, how, signal);
    },
    remove(name, signal) {
      cost.requests.push(`remove ${name}`);
      return store.remove(name, signal);
    },
  };
}

/** Visits until nobody changes anything. */
export async function comeToRest(everybody: readonly Replica[], store: DriveStore): Promise<void> {
  for (let round = 0; round < 8; round++) {
    let touched = 0;
    for (const one of everybody) if ((await visitFar(one, store)).touched) touched++;
    if (touched === 0) return;
  }
  throw new Error('they do not come to rest');
}
