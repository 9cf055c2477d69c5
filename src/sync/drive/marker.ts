// The marker of a drive: what its file `drive.json` says (spec/drive.md, "Marker").

import { SatchelError } from '../../format/error.js';
import { jsonExcess } from '../../format/json-bounds.js';
import { isHex } from '../../identity/json-shape.js';
import { isLabel } from '../../topic/rendezvous.js';

/** Name of the file. */
export const MARKER = 'drive.json';
/** Bytes of it, at most. */
export const MARKER_MAX = 4_096;
/** Hex digits of a drive's id. */
export const DRIVE_ID_DIGITS = 32;
const MARKER_FORMAT = 'satchel-drive/1';
const OPEN = 'open';

/** What a marker says. */
export interface Marker {
  /** 32 hex digits, written once; the same wherever the drive is mounted, and on every clone of it. */
  readonly id: string;
  readonly label: string;
  /** What is added to it is open, whatever its visitors do elsewhere. */
  readonly isOpen?: boolean;
}

/** The file's content, for a drive made at that moment, ms. */
export function encodeMarker({ id, label, isOpen }: Marker, created: number): Buffer {
  const mode = isOpen && { mode: OPEN };
  return encode({ format: MARKER_FORMAT, id, label, created: new Date(created).toISOString(), ...mode });
}

/** The content of a marker, now of an open drive; all else in it stays. */
export function markedOpen(bytes: Buffer): Buffer {
  return encode({ ...parseMarker(bytes), mode: OPEN });
}

function encode(marker: object): Buffer {
  return Buffer.from(`${JSON.stringify(marker, undefined, 1)}\n`);
}

/**
 * What the marker says; `damaged` when it is ours and tells nothing any more, `foreign` when it is somebody else's.
 * @throws SatchelError `newer-version`
 */
export function decodeMarker(bytes: Buffer): Marker | 'damaged' | 'foreign' {
  const { format, id, label, mode } = parseMarker(bytes);
  if (typeof format === 'string' && format !== MARKER_FORMAT && /^satchel-drive\/\d+$/.test(format)) {
    throw new SatchelError('newer-version', `the drive has the format ${format}`, { hint: 'update satchel' });
  }
  if (format === MARKER_FORMAT && isHex(id, DRIVE_ID_DIGITS) && typeof label === 'string' && isLabel(label)) {
    return { id, label, ...(mode === OPEN && { isOpen: true }) };
  }
  return wasOurs(bytes.toString('latin1').replace(/\s/g, '')) ? 'damaged' : 'foreign';
}

const MARKER_KEYS = ['format', 'id', 'label', 'created'] as const;
/** What every marker begins with, blanks aside. */
const OPENING = `{"format":"${MARKER_FORMAT}","id":"`;

/** Nothing and zeros are what a stick that was pulled out leaves; a cut marker begins as ours do, and a rotten one has most keys. */
function wasOurs(text: string): boolean {
  if (/^\0*$/.test(text) || OPENING.startsWith(text) || text.startsWith(OPENING)) return true;
  return MARKER_KEYS.filter((key) => text.includes(`"${key}"`)).length >= 2;
}

function parseMarker(bytes: Buffer): Partial<Record<(typeof MARKER_KEYS)[number] | 'mode', unknown>> {
  if (jsonExcess(bytes) !== undefined) return {};
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
