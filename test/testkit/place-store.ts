// What a helper does in a place, as a store, without a process for each request: what it throws is told as its exit status would be.
import { once } from 'node:events';
import fs from 'node:fs';
import { EXIT } from '../../helpers/answer.js';
import type { Place } from '../../helpers/web/answer.js';
import { failureOf } from '../../helpers/web/failure.js';
import { type ErrorCode, SatchelError } from '../../src/format/error.js';
import type { DriveStore } from '../../src/sync/store/store.js';

const CODES: Readonly<Record<number, ErrorCode>> = {
  [EXIT.full]: 'no-space',
  [EXIT.denied]: 'denied',
  [EXIT.unreachable]: 'unreachable',
};

/** The store; `open` is asked for the place at each request, as a process would. */
export function placeStore(url: string, open: () => Place): DriveStore {
  return {
    url,
    isExclusive: false,
    list: (each) => run(async () => (await open().list()).forEach(each)),
    async get(name, write) {
      // what was passed on is not for the helper to judge
      const thrown: unknown[] = [];
      const passOn = async (bytes: Uint8Array): Promise<void> => {
        try {
          write(Buffer.from(bytes));
        } catch (error) {
          thrown.push(error);
          throw error;
        }
      };
      try {
        return await run(() => open().get(name, passOn));
      } catch (error) {
        throw thrown[0] ?? error;
      }
    },
    async put(name, { path }) {
      const bytes = fs.createReadStream(path);
      await once(bytes, 'open');
      try {
        await run(() => open().put(name, bytes));
      } finally {
        bytes.destroy();
      }
      return {};
    },
    async remove(name) {
      await run(() => open().remove(name));
    },
    addresses: () => run(() => open().addresses()),
  };
}

/** Each is a process of its own: none waits for another to have begun. */
async function run<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { status, why } = failureOf(error);
    throw new SatchelError(CODES[status] ?? 'io', why);
  }
}
