// The page that shows bundles in a browser, as it lies beside the program that runs, or within it.
import path from 'node:path';
import { getRawAsset, isSea } from 'node:sea';
import { SatchelError } from '../../../format/error.js';
import { disk } from '../../../repository/disk.js';
import { readIfThere } from '../../../repository/files.js';
import { READER } from '../../../sync/drive/reader-page.js';

/**
 * Its bytes.
 * @throws SatchelError `not-found` when the program was copied without it, `io`
 */
export function readerFile(program = process.argv[1] ?? ''): Buffer {
  if (isSea()) return Buffer.from(getRawAsset(READER) as ArrayBuffer);
  const directory = path.dirname(disk.realPath(program));
  const page = readIfThere(path.join(directory, READER));
  if (page) return page;
  throw new SatchelError('not-found', `${READER} is not beside the program, in ${directory}`, {
    hint: `copy it there: the package has it, as dist/${READER}`,
  });
}
