// The list of a published drive, for places that list nothing: which list it is, and a line "SIZE SHA256 NAME" for each file
// (spec/drive.md, "Published"). Whoever publishes is the only one who writes there.
import { SatchelError } from '../../format/error.js';
import { isSafeName } from '../medium/names.js';
import { type Drive, PEOPLE } from './drive.js';
import { bundleNames, digestOf, ifThere } from './look.js';
import { MARKER } from './marker.js';
import { placeSmall } from './small-file.js';

/** Name of the list. */
export const DRIVE_INDEX = 'drive.index';

const CARD = /^[0-9a-f]{64}\.card$/;
const HEAD = /^satchel-index\/(\d{1,9}) (0|[1-9]\d{0,14})$/;
const HEAD_MAX = 64;
const FORMAT = 1;
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

/** Which list it is, by its first line: each later one has a higher number. Undefined for another line. @throws SatchelError `newer-version` */
export function parseIndexHead(line: string): number | undefined {
  const [, format, edition] = HEAD.exec(line) ?? [];
  if (format !== undefined && Number(format) !== FORMAT)
    throw new SatchelError(
      'newer-version',
      `${DRIVE_INDEX} is of version ${format}, which this program does not know`,
      {
        hint: 'update satchel',
      },
    );
  return edition === undefined ? undefined : Number(edition);
}

/** The list of these files, which follows the list of edition `before` if there was one. */
export function encodeIndex(files: readonly Published[], now: number, before = 0): Buffer {
  const edition = Math.max(now, before + 1);
  const lines = files.map(({ name, size, digest }) => `${size} ${digest} ${name}\n`);
  return Buffer.from([`satchel-index/${FORMAT} ${edition}\n`, ...lines].join(''));
}

/** Names of what is listed of a drive, in their order. */
export function publishedNames({ medium }: Drive): string[] {
  const cards = medium.names(PEOPLE).filter((name) => CARD.test(name));
  return [MARKER, ...bundleNames(medium).filter(isSafeName), ...cards.map((name) => `${PEOPLE}/${name}`)].sort();
}

/** Writes the list of what lies on the drive now, as a whole, and returns what it names, in order of names. */
export function writeIndex(drive: Drive, now: number): Published[] {
  const { medium } = drive;
  const files = publishedNames(drive).flatMap(
    (name) => ifThere(medium, name, ({ size }) => ({ name, size, digest: digestOf(medium, name) })) ?? [],
  );
  placeSmall(medium, DRIVE_INDEX, encodeIndex(files, now, editionThere(drive)));
  medium.settle();
  return files;
}

function editionThere({ medium }: Drive): number | undefined {
  return ifThere(medium, DRIVE_INDEX, () => {
    const source = medium.open(DRIVE_INDEX);
    try {
      return editionIn(source.read(0, Math.min(source.size, HEAD_MAX)));
    } finally {
      source.close();
    }
  });
}

/** Which list begins with these bytes; undefined where that is none, or one that says nothing of it. */
export function editionIn(bytes: Buffer): number | undefined {
  return parseIndexHead(bytes.toString('latin1').split('\n', 1)[0] ?? '');
}
