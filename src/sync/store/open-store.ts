// Which store a URL means (spec/drive.md, "At a URL").
import { SatchelError } from '../../format/error.js';
import { assertShowable, schemeOf } from '../medium/url.js';
import { helperStore } from './helper.js';
import { type DriveStore, STORE_TIMES, type StoreTimes } from './store.js';

/** Schemes that are something else to everybody. */
const NOT_STORES = ['file', 'data', 'javascript', 'mailto'];

/** The store at a URL; nothing is asked of it yet. @throws SatchelError `usage` */
export function openStore(url: string, env: NodeJS.ProcessEnv, times: StoreTimes = STORE_TIMES): DriveStore {
  assertShowable(url);
  const scheme = schemeOf(url);
  if (NOT_STORES.includes(scheme)) {
    throw new SatchelError('usage', `a drive does not lie at ${scheme}:`, {
      hint: 'a folder is given by its path; one of such a name is written with ./ in front',
    });
  }
  return helperStore(url, { env, times });
}
