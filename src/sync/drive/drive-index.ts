// The list of a published drive, for places that list nothing: a line "SIZE SHA256 NAME" for each file (spec/drive.md,
// "Published"). Whoever publishes is the only one who writes there.
import { isSafeName } from '../medium/names.js';
import { type Drive, PEOPLE } from './drive.js';
import { bundleNames, digestOf, ifThere } from './look.js';
import { MARKER } from './marker.js';
import { placeSmall } from './small-file.js';

/** Name of the list. */
export const DRIVE_INDEX = 'drive.index';

const CARD = /^[0-9a-f]{64}\.card$/;
const LINE = /^(0|[1-9]\d{0,14}) ([0-9a-f]{64}) (\S+)$/;

/** A file of a published drive. */
export interface Published {
  readonly name: string;
  readonly size: number;
  /** SHA-256 of its bytes, hex. */
  readonly digest: string;
}

/** A line of the list; undefined when it is none. */
export function parseIndexLine(line: string): Published | undefined {
  const [, size, digest, name] = LINE.exec(line) ?? [];
  return digest === undefined || name === undefined ? undefined : { name, size: Number(size), digest };
}

/** Writes the list of what lies on the drive now, as a whole, and returns what it names, in order of names. */
export function writeIndex({ medium }: Drive): Published[] {
  const cards = medium.names(PEOPLE).filter((name) => CARD.test(name));
  const names = [MARKER, ...bundleNames(medium).filter(isSafeName), ...cards.map((name) => `${PEOPLE}/${name}`)].sort();
  const files = names.flatMap(
    (name) => ifThere(medium, name, ({ size }) => ({ name, size, digest: digestOf(medium, name) })) ?? [],
  );
  const lines = files.map(({ name, size, digest }) => `${size} ${digest} ${name}\n`);
  placeSmall(medium, DRIVE_INDEX, Buffer.from(lines.join('')));
  medium.settle();
  return files;
}
