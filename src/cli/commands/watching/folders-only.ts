// What waits for drives waits for folders (spec/cli.md, "watch").
import { SatchelError } from '../../../format/error.js';
import { isUrl } from '../../../sync/medium/url.js';

/** @throws SatchelError `usage` for a URL */
export function assertFolders(dirs: readonly string[]): void {
  const url = dirs.find(isUrl);
  if (url === undefined) return;
  throw new SatchelError('usage', `${url} is a URL, and only folders are watched`, {
    hint: `run "satchel sync -q --if-present ${url}" at set times; a folder of this name is written ./${url}`,
  });
}
