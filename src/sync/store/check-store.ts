// All bundles of a drive at a URL, fetched again and compared with what was verified (spec/drive.md, "Checking"). None is kept.
import { createHash } from 'node:crypto';
import { SatchelError } from '../../format/error.js';
import { type BundleFinding, type DriveCheck, findingOf, type ReadBundle } from '../drive/bundle-check.js';
import type { Drive } from '../drive/drive.js';
import { bundleNames } from '../drive/look.js';
import { readMemory, type SeenFile } from '../drive/memory.js';
import type { Session } from '../session.js';
import { fetchSmall } from './collect.js';
import { type Asked, countingStore } from './counting.js';
import type { DriveStore } from './store.js';
import { type StoreOptions, withStore } from './visit-store.js';

/** A drive at a URL that was checked, and what was asked for it. */
export interface StoreCheck extends Asked {
  readonly drive: Drive;
  readonly check: DriveCheck;
}

/** Reads all of it. @throws SatchelError `busy`, `no-drive`, or as the store does */
export function checkStore(session: Session, store: DriveStore, options: StoreOptions): Promise<StoreCheck> {
  const asked: Asked = { requests: 0, fetchedBytes: 0 };
  const counting = countingStore(store, asked);
  return withStore(session, counting, options, async (listing, signal) => {
    const drive = await fetchSmall(session, listing, signal);
    const seen = readMemory(session.repository.layout, drive.id)?.files ?? {};
    const findings: BundleFinding[] = [];
    let bytes = 0;
    let bundles = 0;
    for (const name of bundleNames(drive.medium, seen)) {
      const read = await readBundle(counting, { name, seen: seen[name] }, signal);
      if (!read) continue;
      bundles++;
      bytes += read.bytes;
      if (read.finding) findings.push(read.finding);
    }
    return { drive, check: { bundles, bytes, findings }, ...asked };
  });
}

/** Undefined when it is gone. */
async function readBundle(
  store: DriveStore,
  { name, seen }: { readonly name: string; readonly seen: SeenFile | undefined },
  signal: AbortSignal,
): Promise<ReadBundle | undefined> {
  const hashing = createHash('sha256');
  let bytes = 0;
  try {
    const add = (more: Buffer): void => {
      bytes += more.length;
      hashing.update(more);
    };
    if (!(await store.get(name, add, signal))) return undefined;
  } catch (error) {
    if (!(error instanceof SatchelError) || error.code !== 'changed') throw error;
    return { bytes, finding: { name, problem: 'unread' } };
  }
  return { bytes, finding: findingOf(name, hashing.digest('hex'), seen) };
}
