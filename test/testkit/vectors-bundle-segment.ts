// Bundles that are sound but for one segment, which is refused while the others are taken (spec/bundle.md,
// "Verifying"). The contents tell it as it would be if it were right.
import { BOB_LOG, PLAIN } from './cast.js';
import { BROTLI_BOMB, BROTLI_WORDS, WORDS } from './pinned-brotli.js';
import { ADA_INTRO, ADA_MESSAGES, type BundleVector, badBundle, holdingsOf, partlyBad } from './vectors-bundle.js';
import { bytesOf, flip, join, sha256, u32, u64, varint, wireKey, ZERO_ID } from './wire.js';
import { type BundleLies, bundle, carried, type WireSegment } from './wire-bundle.js';
import {
  endOf,
  headsOf,
  reseal,
  runOf,
  type SegmentLies,
  segment,
  type WireEntry,
  type WireRun,
  wireHead,
} from './wire-segment.js';

/** All of them. */
export function segmentBundleVectors(): BundleVector[] {
  return [...unknownVectors(), ...rottenVectors(), ...unsignedVectors(), ...bodyVectors(), ...severalVectors()];
}

function unknownVectors(): BundleVector[] {
  const { run } = BOB;
  const far = {
    bytes: join('satchseg', Buffer.of(0, 0, 0, 7), Buffer.of(0, 0, 0, 40), bytesOf(24, 0xee)),
    run,
    raw: 0,
  };
  const total = 1_642_617;
  const huge = { bytes: join('satchseg', u32(9), u32(total), bytesOf(total - 16)), run, raw: 0 };
  return [
    partlyBad(
      'segment-version-2',
      'a segment of a newer version is skipped, the rest is taken',
      lied({ version: 2 }),
      'newer-version',
    ),
    partlyBad('segment-version-7-shorter', 'a newer version with another layout', far, 'newer-version'),
    partlyBad('segment-version-9-huge', 'a newer version, longer than any segment of ours', huge, 'newer-version'),
    partlyBad('segment-codec-2', 'an unknown codec is skipped, the rest is taken', lied({ codec: 2 }), 'newer-version'),
    partlyBad('segment-codec-255', 'an unknown codec', lied({ codec: 255 }), 'newer-version'),
  ];
}

function rottenVectors(): BundleVector[] {
  const { bytes, run } = BOB;
  const other = (changed: Buffer): WireSegment => carried(run, changed);
  return [
    partlyBad('segment-checksum', 'rotten before it was bundled', other(flip(bytes, 130)), 'bad-checksum'),
    partlyBad('segment-magic', 'no segment where one is told', other(flip(bytes, 0)), 'bad-segment'),
    partlyBad('segment-cut-off', 'a segment without its last byte', other(bytes.subarray(0, -1)), 'bad-segment'),
    {
      ...partlyBad(
        'segment-longer',
        'a byte behind a segment: salvage finds it without',
        other(join(bytes, '\0')),
        'bad-segment',
      ),
      segments: [ADA_INTRO, BOB, ADA_MESSAGES],
    },
    partlyBad('segment-16', 'sixteen bytes of one', { bytes: bytes.subarray(0, 16), run, raw: 0 }, 'bad-segment'),
    {
      ...badBundle(
        'segment-15',
        'no segment of any version is that short',
        'bad-member',
        {},
        { segments: [ADA_INTRO, { bytes: bytes.subarray(0, 15), run, raw: 0 }, ADA_MESSAGES] },
      ),
      segments: [ADA_INTRO, ADA_MESSAGES],
    },
  ];
}

function unsignedVectors(): BundleVector[] {
  const { run } = BOB;
  const whole = { isWhole: true };
  const [one = ZERO_ID, two = ZERO_ID] = headsOf(run, [2, 3]);
  const otherLog = moved(
    { log: wireKey('somebody else').id },
    { ...run, key: { ...run.key, id: wireKey('somebody else').id } },
  );
  return [
    partlyBad('segment-signature', 'a head that is not signed', lied({ heads: [flip(two, 40)] }), 'bad-chain', whole),
    partlyBad(
      'segment-older-head',
      'a head of before',
      lied({ heads: [join(u64(3), one.subarray(8))] }),
      'bad-chain',
      whole,
    ),
    ...lyingVectors(),
    partlyBad('segment-payload', 'a payload that the author did not write', forgedPayload(), 'bad-chain', whole),
    partlyBad('segment-moved-log', 'entries under the name of another log', otherLog, 'bad-chain', whole),
    partlyBad('segment-moved-place', 'entries at another place', movedPlace(), 'bad-chain', whole),
    partlyBad(
      'segment-moved-past',
      'entries behind another past',
      lied({ previous: sha256('past') }),
      'bad-chain',
      whole,
    ),
    partlyBad('segment-stripped-lie', 'a dropped payload with the wrong hash', strippedWrong(), 'bad-chain', whole),
  ];
}

/** What is refused alone is so whatever its record says of it. */
function lyingVectors(): BundleVector[] {
  const { run } = BOB;
  const forged = segment(run, { heads: [flip(headsOf(run, [3])[0] ?? ZERO_ID, 40)] });
  const told = (name: string, comment: string, said: WireRun) =>
    partlyBad(`segment-record-lies-${name}`, comment, carried(said, forged), 'bad-chain', { isWhole: true });
  const rotten = carried({ ...run, first: 7 }, flip(BOB.bytes, 130));
  return [
    told('range', 'a head that is not signed, and a record with another range', { ...run, first: 7 }),
    told('log', 'the same, and a record of another log', { ...run, key: wireKey('somebody else') }),
    partlyBad('segment-record-lies-rotten', 'rotten, and a record with another range', rotten, 'bad-checksum'),
  ];
}

function bodyVectors(): BundleVector[] {
  const key = wireKey('compressed log');
  const words: WireRun = { key, entries: WORDS.map((payload) => ({ payload })) };
  const brotli = (lies: SegmentLies) => carried(words, segment(words, { codec: 1, body: BROTLI_WORDS, ...lies }));
  const one = (entry: WireEntry) => carried({ key: PLAIN.key, entries: [entry] });
  const whole = { isWhole: true };
  const many = { key, entries: Array.from({ length: 8193 }, () => ({})) };
  return [
    partlyBad('segment-bomb', '64 MiB out of 53 bytes', brotli({ body: BROTLI_BOMB }), 'bad-segment', whole),
    partlyBad(
      'segment-brotli-cut',
      'a stream that ends too early',
      brotli({ body: BROTLI_WORDS.subarray(0, -1) }),
      'bad-segment',
      whole,
    ),
    partlyBad(
      'segment-varint',
      'a length not in shortest form',
      one({ payload: bytesOf(3), lengthBytes: varint(3, 2) }),
      'bad-segment',
      whole,
    ),
    partlyBad(
      'segment-payload-65537',
      'a payload of one byte too many',
      one({ payload: bytesOf(65_537) }),
      'over-limit',
      whole,
    ),
    partlyBad(
      'segment-metadata-513',
      'metadata of one byte too many',
      one({ meta: bytesOf(513) }),
      'over-limit',
      whole,
    ),
    partlyBad('segment-entries-8193', 'one entry too many', carried(many), 'over-limit'),
    partlyBad(
      'segment-raw-huge',
      'a body told as 4 GiB',
      { ...lied({ codec: 1, rawLength: 2 ** 32 - 1 }), raw: 0 },
      'over-limit',
    ),
  ];
}

function severalVectors(): BundleVector[] {
  const bad = lied({ heads: [flip(headsOf(BOB.run, [3])[0] ?? ZERO_ID, 40)] });
  const rotten = carried(ADA_MESSAGES.run, flip(ADA_MESSAGES.bytes, 140));
  const log = (it: WireSegment) => it.run.key.id.toString('hex');
  const twoLogs = { segments: [ADA_INTRO, rotten, bad] };
  const sorted = [
    { log: log(rotten), code: 'bad-checksum' as const },
    { log: log(bad), code: 'bad-chain' as const },
  ];
  return [
    {
      name: 'segment-two-bad-logs',
      comment: 'two logs with something wrong, what is right of them is taken',
      bytes: bundle(twoLogs),
      code: 'refused',
      holds: { ...holdingsOf(twoLogs, [ADA_INTRO]), refused: sorted },
      segments: [ADA_INTRO, bad],
    },
    {
      name: 'segment-all-bad',
      comment: 'nothing in it is right',
      bytes: bundle({ segments: [bad] }),
      code: 'refused',
      holds: { ...holdingsOf({ segments: [bad] }, []), refused: sorted.slice(1) },
      segments: [bad],
    },
    {
      ...badBundle(
        'segment-more-than-announced',
        'decompresses to more than announced',
        'bad-manifest',
        announcedLess,
        {
          segments: [ADA_INTRO, lied({ version: 2 })],
        },
      ),
      segments: [ADA_INTRO],
    },
    {
      ...badBundle('segment-miscounted', 'totals count what is refused too', 'bad-manifest', miscounted, {
        segments: [ADA_INTRO, lied({ version: 2 })],
      }),
      segments: [ADA_INTRO],
    },
  ];
}

const announcedLess: BundleLies = {
  manifest: (manifest) => ({ ...manifest, raw: ADA_INTRO.raw - 1 }),
};

const miscounted: BundleLies = {
  manifest: (manifest) => ({ ...manifest, entries: Number(manifest.entries) + 1 }),
};

/** Bob's messages with lies in their segment. */
function lied(lies: SegmentLies): WireSegment {
  return carried(BOB.run, segment(BOB.run, lies));
}

/** Bob's messages with lies in their segment, told in the contents as `run`. */
function moved(lies: SegmentLies, run: WireRun): WireSegment {
  return carried(run, segment(BOB.run, lies));
}

function movedPlace(): WireSegment {
  const run = { ...BOB.run, first: 2 };
  return moved({ first: 2, heads: [wireHead(run.key, 4, endOf(BOB.run))] }, run);
}

function forgedPayload(): WireSegment {
  return carried(BOB.run, reseal(flip(BOB.bytes, 130)));
}

function strippedWrong(): WireSegment {
  const run = runOf(BOB_LOG, 1);
  const entries = run.entries.map((entry) => ({ ...entry, dropped: true, content: sha256('another') }));
  return carried({ ...run, entries });
}

const BOB = carried(runOf(BOB_LOG, 1));
