// manifest.json: what a bundle holds, who made it, for whom (spec/bundle.md, "Manifest"). Shapes are checked by hand:
// every import starts with this file, and a schema library costs more than the check.
import { DOMAINS } from '../domains.js';
import { SatchelError } from '../error.js';
import type { DeviceKey, Digest, PersonId } from '../ids.js';
import { jsonExcess } from '../json-bounds.js';
import {
  BUNDLE_MAX,
  BUNDLE_RAW_MAX,
  CARD_TEXT_MAX,
  MANIFEST_KEY_WITHIN,
  MANIFEST_MAX,
  MEMBERS_MAX,
} from '../limits.js';
import { isUtf8 } from '../platform.js';
import { CONTENTS_RECORD_SIZE } from './contents.js';
import { checkMembers, type ManifestMember, placeMembers } from './members.js';

/** The format this program writes and reads. */
const BUNDLE_FORMAT = 'satchel-bundle/1';

/** What every manifest of this program says with its key `sealed`: it reads sealed files. */
export const READS_SEALED = 1 as const;

/** What the signer says about the bundle. */
export interface Manifest {
  /** The key that signs the manifest: a device key, or one made for this bundle alone. */
  readonly key: DeviceKey;
  /** 32 hex digits, made anew at init, restore and repair. */
  readonly epoch: string;
  /** Counts the device's bundles within the epoch. */
  readonly serial: number;
  /** What the maker's clock said, ms. */
  readonly created: number;
  /** For whom it was made; empty for whoever finds it. */
  readonly for: readonly PersonId[];
  /** The maker's card as text, not looked into here. */
  readonly card?: string;
  /** The maker's program reads sealed files; absent when it does not say so. */
  readonly sealed?: typeof READS_SEALED;
  /** How many logs, segments and entries there are in it. */
  readonly logs: number;
  readonly segments: number;
  readonly entries: number;
  /** Bytes of all segment bodies after decompression. */
  readonly raw: number;
  /** All other members in their order. */
  readonly members: readonly ManifestMember[];
}

/** The manifest's bytes: one compact line of JSON. A `created` that ISO 8601 has no four digits for is clamped. */
export function encodeManifest(manifest: Manifest): Buffer {
  const { key, epoch, serial, card, sealed, logs, segments, entries, raw } = manifest;
  // an absurd clock must not stop an export
  const created = new Date(Math.min(Math.max(Math.trunc(manifest.created), 0), CREATED_MAX)).toISOString();
  const members = manifest.members.map(({ name, size, sha256 }) => ({ name, size, sha256 }));
  const head = { format: BUNDLE_FORMAT, key, epoch, serial, created, for: manifest.for };
  const line = JSON.stringify({ ...head, card, sealed, logs, segments, entries, raw, members });
  return Buffer.from(`${line}\n`, 'utf8');
}

/**
 * The key that has to have signed these bytes, found without parsing them: until that is known they may be anybody's.
 * @throws SatchelError `newer-version`, or `bad-manifest` when they name none where a manifest does
 */
export function keyOfManifest(bytes: Buffer): DeviceKey {
  const start = bytes.toString('latin1', 0, MANIFEST_KEY_WITHIN);
  const format = FORMAT_IN_PLACE.exec(start)?.[1];
  if (format !== undefined) checkFormat(format);
  const key = KEY_IN_PLACE.exec(start)?.[1];
  if (key !== undefined) return key as DeviceKey;
  throw bad(`does not name its key in its first ${MANIFEST_KEY_WITHIN} bytes`);
}

/**
 * The manifest, every field of the right shape and the members in order; unknown top-level fields are ignored.
 * @throws SatchelError `bad-manifest`, `newer-version`, `over-limit`
 */
export function decodeManifest(bytes: Buffer): Manifest {
  if (bytes.length > MANIFEST_MAX) {
    throw new SatchelError('over-limit', `manifest has ${bytes.length} bytes, allowed are ${MANIFEST_MAX}`);
  }
  const manifest = manifestOf(parseStrictly(bytes));
  checkMembers(manifest.members);
  checkTotals(manifest);
  const { size } = placeMembers(bytes.length, manifest.members);
  if (size > BUNDLE_MAX) throw new SatchelError('over-limit', `bundle of ${size} bytes, allowed are ${BUNDLE_MAX}`);
  return manifest;
}

/** The bytes that the manifest's key signs. */
export function manifestMessage(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(DOMAINS.manifest, 'latin1'), bytes]);
}

type Fields = Readonly<Record<string, unknown>>;

const CREATED_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
/** Neither can stand within a text: there quotes are escaped. */
const FORMAT_IN_PLACE = /"format":"(satchel-bundle\/[0-9]{1,9})"/;
const KEY_IN_PLACE = /"key":"([0-9a-f]{64})"/;
const ID = /^[0-9a-f]{64}$/;
const EPOCH = /^[0-9a-f]{32}$/;
const CARD = /^satchel1:[A-Za-z0-9_-]+$/;
const MEMBER_KEYS = 3;

/**
 * The line's top-level fields. Only the one compact encoding of a value is taken: that refuses duplicate keys at any
 * depth, which readers resolve in different ways, along with every other second way to write the same.
 */
function parseStrictly(bytes: Buffer): Fields {
  const excess = jsonExcess(bytes);
  if (excess !== undefined) throw bad(`has ${excess}`);
  const text = isUtf8(bytes) ? bytes.toString('utf8') : '';
  const value = parseJson(text);
  if (!isFields(value)) throw bad('is not a JSON object');
  checkFormat(value['format']);
  if (DIGITS_AS_KEY.test(text)) throw bad('has a key of digits alone');
  if (encodesTo(value, text)) return value;
  throw bad('is not one compact line of JSON with distinct keys');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SatchelError('bad-manifest', 'manifest is not JSON in UTF-8', { cause });
  }
}

function encodesTo(value: Fields, text: string): boolean {
  const line = JSON.stringify(value);
  // a copy with the line feed would be as long as the manifest once more
  return text.length === line.length + 1 && text.endsWith('\n') && text.startsWith(line);
}

/** A key of digits alone: ECMAScript moves it to the front, others leave it where it stands. */
const DIGITS_AS_KEY = /[{,]"[0-9]+":/;

/** A newer version is told apart before anything else is judged: everything else may have changed in it. */
function checkFormat(format: unknown): void {
  if (format === BUNDLE_FORMAT) return;
  if (typeof format === 'string' && /^satchel-bundle\/[1-9][0-9]{0,8}$/.test(format)) {
    throw new SatchelError('newer-version', `bundle was made by a newer version (${format})`, {
      hint: 'update satchel to read it',
    });
  }
  throw bad(`does not say that its format is ${BUNDLE_FORMAT}`);
}

function manifestOf(fields: Fields): Manifest {
  const card = fields['card'];
  return {
    key: textOf(fields, 'key', ID) as DeviceKey,
    epoch: textOf(fields, 'epoch', EPOCH),
    serial: countOf(fields, 'serial'),
    created: timeOf(fields['created']),
    for: listOf(fields, 'for').map((person) => personOf(person)),
    ...(card !== undefined && { card: cardOf(fields) }),
    ...(fields['sealed'] === READS_SEALED && { sealed: READS_SEALED }),
    logs: countOf(fields, 'logs'),
    segments: countOf(fields, 'segments'),
    entries: countOf(fields, 'entries'),
    raw: countOf(fields, 'raw'),
    members: membersIn(fields).map(memberOf),
  };
}

function membersIn(fields: Fields): readonly unknown[] {
  const list = listOf(fields, 'members');
  if (list.length <= MEMBERS_MAX) return list;
  throw new SatchelError('over-limit', `bundle has ${list.length} members, allowed are ${MEMBERS_MAX}`);
}

function memberOf(value: unknown): ManifestMember {
  if (!isFields(value) || Object.keys(value).length !== MEMBER_KEYS) throw bad('lists a member of the wrong shape');
  const name = value['name'];
  if (typeof name !== 'string') throw bad('lists a member without a name');
  return { name, size: countOf(value, 'size'), sha256: textOf(value, 'sha256', ID) as Digest };
}

function personOf(value: unknown): PersonId {
  if (typeof value === 'string' && ID.test(value)) return value as PersonId;
  throw bad('has a "for" that is not a list of ids');
}

function cardOf(fields: Fields): string {
  const card = textOf(fields, 'card', CARD);
  if (card.length > CARD_TEXT_MAX) throw bad(`has a card of ${card.length} characters, allowed are ${CARD_TEXT_MAX}`);
  return card;
}

function timeOf(value: unknown): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (time >= 0 && time <= CREATED_MAX && new Date(time).toISOString() === value) return time;
  throw bad('has a "created" that is not a time in UTC with milliseconds');
}

function textOf(fields: Fields, key: string, pattern: RegExp): string {
  const value = fields[key];
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw bad(`has no "${key}" of the right form`);
}

function countOf(fields: Fields, key: string): number {
  const value = fields[key];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw bad(`has no "${key}" that is a whole number`);
}

function listOf(fields: Fields, key: string): readonly unknown[] {
  const value = fields[key];
  if (Array.isArray(value)) return value;
  throw bad(`has no list "${key}"`);
}

/** The counts must agree with the sizes of the members, so that a reader can trust either. */
function checkTotals({ members, logs, segments, entries, raw }: Manifest): void {
  const sizeOf = (name: string) => members.find((member) => member.name === name)?.size ?? 0;
  if (sizeOf('contents') !== segments * CONTENTS_RECORD_SIZE) throw bad('counts other segments than its contents');
  if (segments > 0 !== sizeOf('segments') > 0) throw bad('has contents without segments, or segments without contents');
  if (logs > segments || segments > entries) throw bad('has totals that cannot be');
  if (segments > 0 !== logs > 0 || segments > 0 !== entries > 0) throw bad('has totals that cannot be');
  if (segments === 0 && raw > 0) throw bad('has totals that cannot be');
  if (raw > BUNDLE_RAW_MAX) {
    throw new SatchelError('over-limit', `bundle decompresses to ${raw} bytes, allowed are ${BUNDLE_RAW_MAX}`);
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(what: string): SatchelError {
  return new SatchelError('bad-manifest', `manifest ${what}`);
}
