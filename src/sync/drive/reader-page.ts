// The page that shows bundles in a browser, on a drive: only where somebody asked for it (spec/drive.md).

import type { Drive } from './drive.js';
import { EXPLANATION, README } from './explanation.js';
import { placeSmall } from './small-file.js';

/** Name of the page. */
export const READER = 'reader.html';

/** What `README.txt` says of it besides: whoever had the medium may have put another in its place. */
const ABOUT_READER = `
reader.html shows in a browser what is in the bundles, without a network and
without satchel. Whoever had this medium may have changed it: if you can, use a
copy from your own computer, and type no passphrase or key into this one.
`;

/** Puts the page on the drive, in the place of an older one, and says what it is to whoever finds it. */
export function placeReader({ medium }: Drive, page: Buffer): void {
  placeSmall(medium, READER, page);
  placeSmall(medium, EXPLANATION, Buffer.from(README + ABOUT_READER));
  medium.settle();
}
