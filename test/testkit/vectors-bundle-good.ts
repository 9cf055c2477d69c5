// Bundles that are sound (spec/bundle.md): every member alone and together, at the edges of what is allowed.
import { ADA, ADA_LOG, BOB, BOB_LOG, forkedLogs } from './cast.js';
import { BROTLI_WORDS, WORDS } from './pinned-brotli.js';
import {
  ADA_CARD,
  ADA_INTRO,
  ADA_MESSAGES,
  BOB_MESSAGES,
  type BundleVector,
  FULL,
  goodBundle,
  SMALL,
} from './vectors-bundle.js';
import { forkProof } from './vectors-proof.js';
import { bytesOf, join, wireKey, ZERO_ID } from './wire.js';
import { type BundleLies, carried, type WireManifest } from './wire-bundle.js';
import { card, cardText } from './wire-card.js';
import { runOf, segment, wireLog } from './wire-segment.js';
import { frontier, OPEN_END } from './wire-statement.js';

/** All of them. */
export function goodBundleVectors(): BundleVector[] {
  return [...memberSetVectors(), ...contentVectors(), ...manifestVectors(), ...edgeVectors()];
}

function memberSetVectors(): BundleVector[] {
  const want = frontier([{ log: BOB_LOG.key.id, ranges: [[0, OPEN_END, ZERO_ID]] }]);
  return [
    goodBundle('good-small', 'the usual: two logs, each with its introduction', SMALL),
    goodBundle('good-full', 'every kind of member', FULL),
    goodBundle('good-empty', 'a manifest and nothing else', {}),
    goodBundle('good-frontier-only', 'what somebody holds', { frontier: FULL.frontier ?? ZERO_ID }),
    goodBundle('good-want', 'what somebody wants no more of', { frontier: want }),
    goodBundle('good-wants-only', 'what somebody lacks of attachments', { wants: FULL.wants ?? ZERO_ID }),
    goodBundle('good-proofs-only', 'a contradiction told', { proofs: forkProof('forked log', 3) }),
    goodBundle('good-two-proofs', 'of two logs', { proofs: join(forkProof('forked log', 3), forkProof('another', 1)) }),
    goodBundle('good-two-proofs-of-a-log', 'not as it should be, and no error: the lower one counts', {
      proofs: join(forkProof('forked log', 3), forkProof('forked log', 1)),
    }),
    goodBundle('good-blob-only', 'an attachment without the message', { blobs: [Buffer.from('a very small picture')] }),
    goodBundle('good-padding-only', 'nothing, made to look like more', { padding: 2000 }),
  ];
}

function contentVectors(): BundleVector[] {
  const [left, right] = forkedLogs(wireKey('forked log'), 2);
  const nested = carried({ key: wireKey('quoting log'), entries: [{ payload: ADA_INTRO.bytes }] });
  const words = { key: wireKey('compressed log'), entries: WORDS.map((payload) => ({ payload })) };
  const brotli = carried(words, segment(words, { codec: 1, body: BROTLI_WORDS }));
  return [
    goodBundle('good-after-a-gap', 'a log from its middle', { segments: [ADA_INTRO, carried(runOf(ADA_LOG, 3))] }),
    goodBundle('good-without-introduction', 'the destination is known to hold it', { segments: [ADA_MESSAGES] }),
    goodBundle('good-two-segments-of-a-log', 'neighbours', { segments: [ADA_INTRO, part(1, 3), part(3, 6)] }),
    goodBundle('good-any-order', 'segments in whatever order', {
      segments: [part(3, 6), BOB_MESSAGES, ADA_INTRO, part(1, 3)],
    }),
    goodBundle('good-segment-twice', 'the same segment twice', { segments: [ADA_MESSAGES, ADA_MESSAGES] }),
    goodBundle('good-overlap', 'two segments that share entries', { segments: [part(1, 4), part(2, 6)] }),
    goodBundle('good-brotli', 'a compressed segment', { segments: [brotli] }),
    goodBundle('good-dropped', 'payloads stripped: to be judged by who imports', { segments: [ADA_INTRO, stripped()] }),
    goodBundle('good-segment-in-a-payload', 'a payload is not searched for segments', { segments: [nested] }),
    goodBundle('good-two-pasts', 'a log that contradicts itself: each side is signed, who imports freezes it', {
      segments: [carried(runOf(left)), carried(runOf(right))],
    }),
  ];
}

function manifestVectors(): BundleVector[] {
  const manifest = (name: string, comment: string, changes: object) =>
    goodBundle(`good-${name}`, comment, SMALL, says(changes));
  return [
    goodBundle('good-card', "with the maker's card", { ...SMALL, card: ADA_CARD }),
    goodBundle('good-reads-sealed', 'made by a program that reads sealed files', { ...SMALL, readsSealed: true }),
    manifest('sealed-2', 'another value there says nothing', { sealed: 2 }),
    manifest('sealed-text', 'likewise', { sealed: ['age'] }),
    goodBundle('good-card-of-another', "a card that is not the maker's counts as none", {
      ...SMALL,
      card: cardText(card(BOB)),
    }),
    manifest('key-with-digits', 'a key that does not consist of digits alone', { later: { '7a': 1, '-7': ['8', 9] } }),
    manifest('for', 'made for two persons', { for: [ADA.id.toString('hex'), BOB.id.toString('hex')] }),
    manifest('unknown-field', 'a field of a later version is passed over', { later: { a: [1, null] } }),
    manifest('deep-16', 'lists as deep as may be, with the object around them', { later: lists(15) }),
    manifest('keys-256', 'an object of as many keys as may be', { later: objectOf(256) }),
    goodBundle('good-key-at-4096', 'its key ends where it has to', SMALL, { text: keyEndsAt(4_096) }),
    manifest('serial-highest', 'serial 2^53 - 1', { serial: Number.MAX_SAFE_INTEGER }),
    manifest('created-1970', 'a clock at zero', { created: '1970-01-01T00:00:00.000Z' }),
    manifest('created-9999', 'the last moment of four digits', { created: '9999-12-31T23:59:59.999Z' }),
    manifest('card-620', 'a card of 620 characters; it is not looked into', { card: `satchel1:${'A'.repeat(611)}` }),
    goodBundle('good-one-time-key', 'signed by a key that is nobody', { ...SMALL, signer: wireKey('one time') }),
    goodBundle('good-keys-in-other-order', 'the order of fields is free', SMALL, { manifest: reversed }),
  ];
}

function edgeVectors(): BundleVector[] {
  const chunk = bytesOf(1_048_576, 0x77);
  return [
    goodBundle('good-large', 'more than 1 MiB of segments', { segments: largeSegments() }),
    goodBundle('good-padding-1', 'a member of one byte', { padding: 1 }),
    goodBundle('good-no-padding-needed', 'a member of exactly one block', { padding: 512 }),
    goodBundle('good-manifest-fills-blocks', 'a manifest of exactly two blocks', SMALL, fillTo(2048)),
    goodBundle('limit-blob-1048576', 'the largest chunk', { blobs: [chunk] }),
    goodBundle('limit-manifest-4194304', 'the largest manifest', {}, fillTo(4_194_304)),
  ];
}

function part(from: number, end: number) {
  return carried(runOf(ADA_LOG, from, end));
}

/** Three segments of seven large entries each. */
function largeSegments() {
  const entries = Array.from({ length: 21 }, (_, seq) => ({ payload: bytesOf(65_536, seq) }));
  const log = wireLog(wireKey('large log'), entries);
  return [0, 7, 14].map((from) => carried(runOf(log, from, from + 7)));
}

function stripped() {
  const run = runOf(ADA_LOG, 1);
  return carried({ ...run, entries: run.entries.map((entry) => ({ ...entry, dropped: true })) });
}

function says(changes: object): BundleLies {
  return { manifest: (manifest) => ({ ...manifest, ...changes }) };
}

/** Lists within one another. */
export function lists(depth: number): unknown {
  return depth === 1 ? [] : [lists(depth - 1)];
}

/** An object of so many keys. */
export function objectOf(keys: number): object {
  return Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, 0]));
}

/** Fills what stands before the key, so that it ends behind so many bytes. */
export function keyEndsAt(size: number): (text: string) => string {
  return (text) => {
    const end = text.indexOf('"epoch"') - 1;
    return text.replace('"key":', `"filler":"${'.'.repeat(size - end - '"filler":"",'.length)}","key":`);
  };
}

function reversed(manifest: WireManifest): object {
  return Object.fromEntries(Object.entries(manifest).reverse());
}

/** Fills the manifest with an unknown field up to that many bytes. */
function fillTo(size: number): BundleLies {
  return {
    text: (text) => {
      const filler = size - Buffer.byteLength(text) - ',"filler":""'.length;
      return text.replace(/\}\n$/, `,"filler":"${'.'.repeat(filler)}"}\n`);
    },
  };
}
