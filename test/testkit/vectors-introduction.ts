// Vectors of introductions, the payloads of entry 0 (spec/log.md, "Introduction"): what is read, and whether the device
// of the card in it vouches for this log.
import { ADA, ADA_2, ADA_LOG, BOB, BOB_LOG, TOPIC } from './cast.js';
import type { Vector } from './vector.js';
import { flip, join, sha256, WIRE_DOMAINS, wireKey, wireSign, ZERO_ID } from './wire.js';
import { afterItem, card, introduction, introductionParts, type WireIntroduction } from './wire-card.js';
import { CBOR_NULL, cborBytes, cborInt, cborList, cborText } from './wire-cbor.js';

/** A payload as entry 0 of a log. */
export interface IntroductionVector extends Vector {
  readonly log: string;
  readonly payload: string;
  /** Null when the payload holds no introduction. */
  readonly reads: IntroductionMeaning | null;
  /** Whether card and device signature are right, for this log. */
  readonly genuine: boolean;
  /** It has a critical key: a later version is needed to join by it. */
  readonly newer?: true;
}

/** What an introduction says. */
interface IntroductionMeaning {
  readonly topic: string;
  readonly label: string;
  /** Whoever the card is of. */
  readonly person: string;
  readonly after?: { readonly log: string; readonly length: number; readonly id: string };
}

/** All of them. */
export function introductionVectors(): IntroductionVector[] {
  return [...genuineVectors(), ...falseVectors(), ...unreadableVectors(), ...afterVectors()];
}

function genuineVectors(): IntroductionVector[] {
  return [
    genuine('honest', 'topic, label, card, signature', {}),
    genuine('after', 'goes on from an older log', { after: AFTER }),
    genuine('after-1', 'the older log held one entry', { after: [OLD, 1, sha256('end')] }),
    genuine('after-highest', 'the older log was as long as a log can be', { after: [OLD, 2 ** 48 - 1, sha256('end')] }),
    genuine('label-64', 'a label of 64 bytes', { label: 'é'.repeat(32) }),
    genuine('newer-card', 'a card of a higher serial', { card: card(ADA, { serial: 7 }) }),
    {
      ...told('founding-2', 'by a person with a recovery key', { person: ADA_2 }, { reads: null, genuine: true }),
      reads: { ...meaningOf({}, 'Ada'), person: hex(ADA_2.id) },
    },
    {
      ...genuine('critical-key', 'a key below zero that nobody knows: it places the log, and nobody joins by it', {
        extra: [[-1, CBOR_NULL]],
      }),
      newer: true,
    },
    genuine('unknown-keys', 'fields of later versions are carried', { extra: [[6, cborText('later')]] }),
  ];
}

function falseVectors(): IntroductionVector[] {
  const other = { ...ADA, device: wireKey('somebody else') };
  return [
    notGenuine('for-another-log', 'signed for a log that is not this one', {
      signature: signedFor({ log: LOG_OF_BOB }),
    }),
    notGenuine('for-another-topic', 'signed for another topic', { signature: signedFor({ topic: sha256('x') }) }),
    notGenuine('for-another-person', 'signed by the right device for another person', {
      signature: signedFor({ person: { ...ADA, id: BOB.id } }),
    }),
    notGenuine('by-another-device', 'signed by a device that is not on the card', {
      signature: signedFor({ person: other }),
    }),
    notGenuine('foreign-card', "somebody else's card with one's own signature", { card: card(BOB) }, 'Bob'),
    notGenuine('rotten-signature', 'one bit', { signature: flip(signedFor({}), 12) }),
    notGenuine('no-domain', 'signed without the domain string', {
      signature: wireSign(ADA.device, '', introductionParts(HONEST)),
    }),
    notGenuine('after-not-signed', 'a pointer that the signature does not cover', {
      after: AFTER,
      signature: signedFor({}),
    }),
    notGenuine('after-removed', 'signed with a pointer that is gone', { signature: signedFor({ after: AFTER }) }),
    notGenuine('bad-card', 'a card that is not signed', { card: flip(card(ADA), -1) }, null),
    notGenuine('card-of-words', 'bytes that are no card', { card: Buffer.from('Ada') }, null),
    notGenuine('empty-label', 'a label of no bytes', { label: '' }),
    notGenuine('label-with-newline', 'a label with a control character', { label: 'a\nb' }),
  ];
}

function unreadableVectors(): IntroductionVector[] {
  const honest = introduction(HONEST);
  const item = (key: number, value: Buffer) => ({ omit: [key], extra: [[key, value]] as const });
  return [
    unreadable('empty', 'no payload', Buffer.alloc(0)),
    unreadable('text', 'no CBOR', Buffer.from('hello')),
    unreadable('cut-off', 'the last byte is missing', honest.subarray(0, -1)),
    unreadable('trailing-byte', 'one byte more', join(honest, '\0')),
    unreadable('no-topic', 'key 1 is missing', introduction({ ...HONEST, omit: [1] })),
    unreadable('no-label', 'key 2 is missing', introduction({ ...HONEST, omit: [2] })),
    unreadable('no-card', 'key 3 is missing', introduction({ ...HONEST, omit: [3] })),
    unreadable('no-signature', 'key 4 is missing', introduction({ ...HONEST, omit: [4] })),
    unreadable('topic-31', 'a topic id of 31 bytes', introduction({ ...HONEST, topic: TOPIC.subarray(1) })),
    unreadable('signature-63', 'a signature of 63 bytes', introduction({ ...HONEST, signature: Buffer.alloc(63, 1) })),
    unreadable('label-65', 'a label of 65 bytes', introduction({ ...HONEST, label: 'x'.repeat(65) })),
    unreadable('label-not-utf8', 'a label that is no text', introduction({ ...HONEST, label: Buffer.of(0xff) })),
    unreadable('signature-as-text', 'a field of another type', introduction({ ...HONEST, ...item(4, cborText('x')) })),
    unreadable(
      'key-twice',
      'the last key twice',
      introduction({ ...HONEST, extra: [[4, cborBytes(Buffer.alloc(64))]] }),
    ),
    unreadable('keys-descending', 'label behind the signature', introduction({ ...HONEST, ...item(2, cborText('x')) })),
  ];
}

function afterVectors(): IntroductionVector[] {
  const [log, length, id] = AFTER;
  const bad = (name: string, comment: string, value: Buffer) =>
    unreadable(`after-${name}`, comment, introduction({ ...HONEST, extra: [[5, value]] }));
  return [
    bad('length-0', 'an older log of no entries', afterItem([log, 0, id])),
    bad('length-2-48', 'an older log longer than a log can be', afterItem([log, 2 ** 48, id])),
    bad('short-log', 'a log id of 31 bytes', afterItem([log.subarray(1), length, id])),
    bad('short-id', 'an entry id of 31 bytes', afterItem([log, length, id.subarray(1)])),
    bad('of-two', 'no entry id', cborList([cborBytes(log), cborInt(length)])),
    bad('of-four', 'one item too many', cborList([cborBytes(log), cborInt(length), cborBytes(id), cborInt(0)])),
    bad('null', 'null', CBOR_NULL),
  ];
}

function genuine(name: string, comment: string, lies: Partial<WireIntroduction>): IntroductionVector {
  return told(name, comment, lies, { reads: meaningOf(lies, 'Ada'), genuine: true });
}

/** `reader` names whose card is in it; null when there is none to be read. */
function notGenuine(
  name: string,
  comment: string,
  lies: Partial<WireIntroduction>,
  reader: 'Ada' | 'Bob' | null = 'Ada',
): IntroductionVector {
  return told(name, comment, lies, { reads: meaningOf(lies, reader), genuine: false });
}

function unreadable(name: string, comment: string, payload: Buffer): IntroductionVector {
  const log = HONEST.log;
  return { name: `introduction-${name}`, comment, log: hex(log), payload: hex(payload), reads: null, genuine: false };
}

function told(
  name: string,
  comment: string,
  lies: Partial<WireIntroduction>,
  rest: Pick<IntroductionVector, 'reads' | 'genuine'>,
): IntroductionVector {
  const payload = introduction({ ...HONEST, ...lies });
  return { name: `introduction-${name}`, comment, log: hex(HONEST.log), payload: hex(payload), ...rest };
}

function meaningOf({ label, after }: Partial<WireIntroduction>, reader: 'Ada' | 'Bob' | null): IntroductionMeaning {
  return {
    topic: hex(HONEST.topic),
    label: String(label ?? 'expedition'),
    person: reader === null ? '' : hex((reader === 'Ada' ? ADA : BOB).id),
    ...(after && { after: { log: hex(after[0]), length: after[1], id: hex(after[2]) } }),
  };
}

function signedFor(lies: Partial<WireIntroduction>): Buffer {
  const intro = { ...HONEST, ...lies };
  return wireSign(intro.person.device, WIRE_DOMAINS.introduction, introductionParts(intro));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

const OLD = wireKey('older log of Ada').id;
const LOG_OF_BOB = BOB_LOG.key.id;
const AFTER = [OLD, 12, sha256(ZERO_ID)] as const;
const HONEST: WireIntroduction = { log: ADA_LOG.key.id, topic: TOPIC, person: ADA };
