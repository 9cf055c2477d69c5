// Bundles by hand (spec/bundle.md). A bundle is made in steps, and a lie can be told at each: members, manifest,
// its text, its signature, the tar, the finished bytes. What comes after a lie is honest again: it signs and lists it.
import { join, sha256, WIRE_DOMAINS, WIRE_TIME, type WireKey, wireKey, wireSign } from './wire.js';
import { endOf, segment, type WireRun } from './wire-segment.js';
import { contentsRecord, type WireRecord } from './wire-statement.js';
import { TAR_END, tar, type WireMember } from './wire-tar.js';

/** What a bundle carries. */
export interface WireBundle {
  readonly segments?: readonly WireSegment[];
  readonly frontier?: Uint8Array;
  readonly wants?: Uint8Array;
  readonly proofs?: Uint8Array;
  readonly blobs?: readonly Uint8Array[];
  /** Bytes of zeros in the member `padding`. */
  readonly padding?: number;
  readonly signer?: WireKey;
  readonly serial?: number;
  /** The maker's card as text. */
  readonly card?: string;
  /** It says that its maker reads sealed files. */
  readonly readsSealed?: true;
}

/** A segment's bytes, and what an honest `contents` says about it. */
export interface WireSegment {
  readonly bytes: Buffer;
  readonly run: WireRun;
  /** Bytes of the body before compression. */
  readonly raw: number;
}

/** The manifest as a value, before it becomes text. */
export interface WireManifest {
  readonly format: unknown;
  readonly key: unknown;
  readonly epoch: unknown;
  readonly serial: unknown;
  readonly created: unknown;
  readonly for: unknown;
  readonly card?: unknown;
  readonly sealed?: unknown;
  readonly logs: unknown;
  readonly segments: unknown;
  readonly entries: unknown;
  readonly raw: unknown;
  readonly members: readonly WireListed[];
}

/** A member as the manifest lists it. */
export interface WireListed {
  readonly name: unknown;
  readonly size: unknown;
  readonly sha256: unknown;
}

/** The lies, in the order in which they are told. */
export interface BundleLies {
  readonly records?: (records: readonly WireRecord[]) => readonly WireRecord[];
  /** Changes members before the manifest is made, so that it lists what comes out. */
  readonly members?: (members: readonly WireMember[]) => readonly WireMember[];
  readonly manifest?: (manifest: WireManifest) => object;
  /** Changes the manifest's text before it is signed. */
  readonly text?: (text: string) => string | Buffer;
  readonly domain?: string;
  readonly signature?: (signature: Buffer, manifest: Buffer) => Uint8Array;
  /** Changes all members, manifest and signature among them, after these were made. */
  readonly archive?: (members: readonly WireMember[]) => readonly WireMember[];
  readonly end?: Uint8Array;
  readonly file?: (file: Buffer) => Buffer;
}

/** The device that signs the fixtures' bundles. */
export const SIGNER: WireKey = wireKey('device of Ada');

/** The epoch of that device. */
const EPOCH = sha256('satchel fixture epoch').toString('hex').slice(0, 32);

/** A segment of the run as it travels; `bytes` stands for what is carried in its place. */
export function carried(run: WireRun, bytes: Buffer = segment(run)): WireSegment {
  return { bytes, run, raw: bytes.length < 104 ? 0 : bytes.readUInt32BE(96) };
}

/** The file. */
export function bundle(spec: WireBundle, lies: BundleLies = {}): Buffer {
  const honest = membersOf(spec, lies);
  const members = lies.members?.(honest) ?? honest;
  const manifest = manifestBytes(spec, members, lies);
  const signed = wireSign(spec.signer ?? SIGNER, lies.domain ?? WIRE_DOMAINS.manifest, manifest);
  const all = [
    { name: 'manifest.json', content: manifest },
    { name: 'manifest.sig', content: lies.signature?.(signed, manifest) ?? signed },
    ...members,
  ];
  const file = tar(lies.archive?.(all) ?? all, lies.end ?? TAR_END);
  return lies.file?.(file) ?? file;
}

/** What an honest `contents` says about the segments, back to back. */
function recordsOf(segments: readonly WireSegment[]): WireRecord[] {
  let offset = 0;
  return segments.map(({ bytes, run }) => {
    const first = run.first ?? 0;
    const at = offset;
    offset += bytes.length;
    const end = first + run.entries.length;
    return { log: run.key.id, first, end, id: endOf(run), offset: at, length: bytes.length };
  });
}

/** A member as an honest manifest lists it. */
function listed({ name, content }: WireMember): WireListed {
  return { name, size: content.length, sha256: sha256(content).toString('hex') };
}

/** A name for a chunk. */
function blobName(chunk: Uint8Array): string {
  return `blobs/${sha256(chunk).toString('hex')}`;
}

function membersOf(spec: WireBundle, lies: BundleLies): readonly WireMember[] {
  const segments = spec.segments ?? [];
  const records = lies.records?.(recordsOf(segments)) ?? recordsOf(segments);
  const members: WireMember[] = [
    { name: 'contents', content: join(...records.map(contentsRecord)) },
    { name: 'frontier', content: spec.frontier ?? new Uint8Array() },
    { name: 'wants', content: spec.wants ?? new Uint8Array() },
    { name: 'proofs', content: spec.proofs ?? new Uint8Array() },
    { name: 'segments', content: join(...segments.map(({ bytes }) => bytes)) },
    ...(spec.blobs ?? []).map((content) => ({ name: blobName(content), content })),
    { name: 'padding', content: Buffer.alloc(spec.padding ?? 0) },
  ];
  return members.filter(({ content }) => content.length > 0);
}

function manifestBytes(spec: WireBundle, members: readonly WireMember[], lies: BundleLies): Buffer {
  const honest = manifestOf(spec, members);
  const text = `${JSON.stringify(lies.manifest?.(honest) ?? honest)}\n`;
  return Buffer.from((lies.text?.(text) ?? text) as string);
}

function manifestOf(spec: WireBundle, members: readonly WireMember[]): WireManifest {
  const segments = spec.segments ?? [];
  return {
    format: 'satchel-bundle/1',
    key: (spec.signer ?? SIGNER).id.toString('hex'),
    epoch: EPOCH,
    serial: spec.serial ?? 1,
    created: new Date(WIRE_TIME).toISOString(),
    for: [],
    ...(spec.card !== undefined && { card: spec.card }),
    ...(spec.readsSealed && { sealed: 1 }),
    logs: new Set(segments.map(({ run }) => run.key.id.toString('hex'))).size,
    segments: segments.length,
    entries: segments.reduce((sum, { run }) => sum + run.entries.length, 0),
    raw: segments.reduce((sum, { raw }) => sum + raw, 0),
    members: members.map(listed),
  };
}
