// Drives at a URL, as commands use them (spec/drive.md, "At a URL").
import type { AuthorSource, VisitOptions } from '../../../sync/drive/visit-options.js';
import type { Session } from '../../../sync/session.js';
import type { FarDrive } from '../../../sync/store/collect.js';
import { openStore } from '../../../sync/store/open-store.js';
import type { DriveStore } from '../../../sync/store/store.js';
import { type StoreOptions, type StoreVisit, visitStore, withStoredDrive } from '../../../sync/store/visit-store.js';
import type { Context } from '../../command/context.js';

/** So long a visit may take, unless the user says otherwise. */
const VISIT_MS = 3_600_000;

/** How one drive is visited. */
export interface FarVisitOptions extends VisitOptions {
  readonly author: AuthorSource;
}

/** Visits the drive at a URL. @throws SatchelError as `visitStore` */
export async function visitAtUrl(
  context: Context,
  session: Session,
  url: string,
  { author, isOver, ...options }: FarVisitOptions,
): Promise<StoreVisit> {
  const { 'drive.max-fetch': maxFetch } = await context.config();
  const start = context.world.now();
  const isLate = (): boolean => isOver?.() ?? Math.abs(context.world.now() - start) >= VISIT_MS;
  const visit = { ...options, ...(await storeOptions(context)), maxFetch, isOver: isLate };
  return visitStore(session, author, await storeAt(context, url), visit);
}

/** Does something with the drive at a URL, and carries out there what that changed. */
export async function withDriveAt<T>(
  context: Context,
  session: Session,
  url: string,
  work: (drive: FarDrive) => T,
): Promise<T> {
  return withStoredDrive(session, await storeAt(context, url), await storeOptions(context), work);
}

/** The place at a URL. @throws SatchelError `usage`, `denied` */
export async function storeAt(context: Context, url: string): Promise<DriveStore> {
  return openStore(url, { env: context.env, credentials: (await context.config())['drive.credentials'] });
}

/** How places are used by commands: until Ctrl-C. */
export async function storeOptions(context: Context): Promise<StoreOptions> {
  return { lockTimeoutMs: await context.lockTimeout(), signal: context.interruption().signal };
}
