// Which store a URL means (spec/drive.md, "At a URL").
import { SatchelError } from '../../format/error.js';
import { assertShowable, schemeOf } from '../medium/url.js';
import { isStreamUrl } from '../stream/stream-url.js';
import { USUAL_CREDENTIALS } from './credentials.js';
import { helperStore } from './helper.js';
import { publishedStore } from './published.js';
import { rcloneStore } from './rclone.js';
import { type DriveStore, STORE_TIMES, type StoreTimes } from './store.js';

/** Schemes that are something else to everybody. */
const NOT_STORES = ['file', 'data', 'javascript', 'mailto'];

/** How places are reached. */
export interface OpenOptions {
  readonly env: NodeJS.ProcessEnv;
  /** What the setting `drive.credentials` names. */
  readonly credentials?: string | undefined;
  readonly times?: StoreTimes | undefined;
}

/** The store at a URL; nothing is asked of it yet. @throws SatchelError `usage`, `denied` */
export async function openStore(
  url: string,
  { env, credentials = USUAL_CREDENTIALS, times = STORE_TIMES }: OpenOptions,
): Promise<DriveStore> {
  assertShowable(url);
  const scheme = schemeOf(url);
  if (NOT_STORES.includes(scheme)) {
    throw new SatchelError('usage', `a drive does not lie at ${scheme}:`, {
      hint: 'a folder is given by its path; one of such a name is written with ./ in front',
    });
  }
  if (isStreamUrl(url)) {
    throw new SatchelError('usage', `at ${scheme}: there is no drive: a stream goes there`, {
      hint: `run "satchel sync ${url}"`,
    });
  }
  const how = { times, credentials: { named: credentials, env } };
  if (scheme === 'https' || scheme === 'http') return publishedStore(url, how);
  if (scheme === 's3') return (await import('./s3.js')).s3Store(url, how);
  if (scheme === 'rclone') return rcloneStore(url, { env, times });
  if (scheme !== 'webdav' && scheme !== 'webdavs') return helperStore(url, { env, times, credentials });
  // what reads XML is loaded by those who need it
  const { webdavStore } = await import('./webdav.js');
  return webdavStore(url, how);
}
