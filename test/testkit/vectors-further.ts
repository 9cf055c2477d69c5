// Vectors of cards of further devices, and of the device that the recovery words made speak (spec/card.md).
import { badCard, type CardVector } from './card-vector.js';
import { ADA, ADA_2, BOB } from './cast.js';
import { flip, join, sha256, u8, u16, WIRE_DOMAINS, type WireKey } from './wire.js';
import { card, type WirePerson } from './wire-card.js';
import {
  authorityCard,
  certificate,
  firstAuthority,
  furtherCard,
  LAPTOP,
  PHONE,
  provenAuthority,
  type WireAuthority,
} from './wire-device.js';
import { oddKey, oddSign } from './wire-odd-key.js';

const FIRST = firstAuthority();
const SECOND = provenAuthority(PHONE, 2);
const LONGEST = 'x'.repeat(32);

/** Cards of kinds 1 to 3. */
export function furtherCards(): CardVector[] {
  return [...good(), ...badFurther(), ...badAuthority(), ...badLater(), ...oddKeys()];
}

function good(): CardVector[] {
  const old = firstAuthority(ADA);
  const ofOld = furtherCard(old, LAPTOP, { person: ADA, certificate: certificate(old, LAPTOP, { person: ADA.id }) });
  const last = provenAuthority(PHONE, 65_535);
  const again = provenAuthority(ADA_2.device, 2);
  const ok = furtherOf;
  return [
    ok('further', 'kind 1: a device that the founding device vouches for', furtherCard(FIRST, LAPTOP), FIRST),
    ok('further-longest', '362 bytes', furtherCard(FIRST, LAPTOP, { name: LONGEST }), FIRST, { name: LONGEST }),
    ok('further-of-founding-1', 'kind 1, of a person without a recovery key', ofOld, old, { person: ADA }),
    ok('authority', 'kind 2: the device that the recovery key names', authorityCard(SECOND), SECOND, { device: PHONE }),
    ok('authority-longest', '362 bytes', authorityCard(SECOND, { name: LONGEST }), SECOND, {
      device: PHONE,
      name: LONGEST,
    }),
    ok('authority-last', 'the last generation there is', authorityCard(last), last, { device: PHONE }),
    ok('authority-founding-device', 'the recovery key names the founding device', authorityCard(again), again, {
      device: ADA_2.device,
    }),
    ok('later', 'kind 3: a device that the authority of generation 2 vouches for', furtherCard(SECOND, LAPTOP), SECOND),
    ok('later-longest', '458 bytes, the longest card', furtherCard(SECOND, LAPTOP, { name: LONGEST }), SECOND, {
      name: LONGEST,
    }),
    ok(
      'later-founding-device',
      'the founding device under another authority',
      furtherCard(SECOND, ADA_2.device),
      SECOND,
      {
        device: ADA_2.device,
      },
    ),
  ];
}

function badFurther(): CardVector[] {
  const whole = furtherCard(FIRST, LAPTOP);
  const certified = (name: string, comment: string, signed: Buffer): CardVector =>
    badCard(`further-${name}`, comment, furtherCard(FIRST, LAPTOP, { certificate: signed }));
  const other = { ...FIRST, generation: 2 };
  return [
    badCard('further-cut-off', 'the last byte is missing', whole.subarray(0, -1)),
    badCard('further-cut-in-certificate', 'ends within what binds the device', whole.subarray(0, 200)),
    badCard('further-one-byte-more', 'one byte behind the signature', join(whole, '\0')),
    badCard('further-version-1', 'version 1 has no other kinds', join(u8(1), whole.subarray(1))),
    badCard('further-generation-2', 'generation 2 in a card of kind 1', furtherCard(other, LAPTOP)),
    badCard('further-generation-0', 'generations begin at 1', furtherCard({ ...FIRST, generation: 0 }, LAPTOP)),
    certified('by-another', 'another device vouches', certificate({ ...FIRST, key: PHONE }, LAPTOP)),
    certified('by-itself', 'the device vouches for itself', certificate({ ...FIRST, key: LAPTOP }, LAPTOP)),
    certified('by-recovery-key', 'the recovery key vouches', certificate({ ...FIRST, key: ADA_2.recovery }, LAPTOP)),
    certified('of-another-device', 'the certificate is of another device', certificate(FIRST, PHONE)),
    certified(
      'of-another-person',
      'the certificate is for another person',
      certificate(FIRST, LAPTOP, { person: BOB.id }),
    ),
    certified(
      'certificate-of-later',
      'the certificate is for generation 2',
      certificate(FIRST, LAPTOP, { generation: 2 }),
    ),
    certified(
      'foreign-domain',
      'the certificate is signed as an authority proof',
      certificate(FIRST, LAPTOP, {
        domain: WIRE_DOMAINS.authority,
      }),
    ),
    certified('rotten-certificate', 'one bit of the certificate', flip(certificate(FIRST, LAPTOP), -1)),
    badCard(
      'further-by-founding-device',
      'signed by the device that vouches',
      furtherCard(FIRST, LAPTOP, { signer: ADA_2.device }),
    ),
    badCard('further-rotten', 'one bit of the recipient', flip(whole, 240)),
  ];
}

function badAuthority(): CardVector[] {
  const lied = (name: string, comment: string, authority: WireAuthority): CardVector =>
    badCard(`authority-${name}`, comment, authorityCard(authority));
  return [
    badCard('authority-cut-off', 'the last byte is missing', authorityCard(SECOND).subarray(0, -1)),
    lied('generation-1', 'generation 1 has the founding device', provenAuthority(PHONE, 1)),
    lied('generation-0', 'generations begin at 1', provenAuthority(PHONE, 0)),
    lied(
      'by-founding-device',
      'the founding device names the authority',
      provenAuthority(PHONE, 2, { signer: ADA_2.device }),
    ),
    lied('of-another-person', 'the proof is for another person', provenAuthority(PHONE, 2, { person: BOB.id })),
    lied('proof-of-later', 'the proof is for generation 3', provenAuthority(PHONE, 2, { generation: 3 })),
    lied(
      'foreign-domain',
      'the proof is signed as a certificate',
      provenAuthority(PHONE, 2, { domain: WIRE_DOMAINS.device }),
    ),
    badCard(
      'authority-of-founding-1',
      'who has no recovery key has no later generation',
      authorityCard(SECOND, { person: ADA }),
    ),
    badCard('authority-other-signer', 'signed by another device', authorityCard(SECOND, { signer: LAPTOP })),
  ];
}

function badLater(): CardVector[] {
  const lied = (name: string, comment: string, authority: WireAuthority, signed?: Buffer): CardVector =>
    badCard(`later-${name}`, comment, furtherCard(authority, LAPTOP, signed && { certificate: signed }));
  const shortened = furtherCard(SECOND, LAPTOP);
  return [
    badCard('later-cut-off', 'the last byte is missing', shortened.subarray(0, -1)),
    badCard('later-says-1', 'kind 3 that says 1', furtherCard(SECOND, LAPTOP, { kind: 1 })),
    lied('generation-1', 'a proof of generation 1', provenAuthority(PHONE, 1)),
    lied('no-proof', 'the authority is one that nobody named', provenAuthority(PHONE, 2, { signer: LAPTOP })),
    lied(
      'by-founding-device',
      'the founding device vouches, which is the authority no more',
      SECOND,
      certificate(SECOND, LAPTOP, { signer: ADA_2.device }),
    ),
    lied('certificate-of-before', 'a certificate of generation 1', SECOND, certificate(FIRST, LAPTOP)),
    lied('rotten-proof', 'one bit of the proof', { ...SECOND, proof: flip(SECOND.proof, 3) }),
  ];
}

/** All signatures hold, and a key is not of prime order: whoever accepts the card refuses it. */
function oddKeys(): CardVector[] {
  const odd = oddKey('odd further device');
  const bound = join(odd.id, u16(1), certificate(FIRST, { id: odd.id } as WireKey));
  const further = card(ADA_2, { version: 2, kind: 1, bound }).subarray(0, -64);
  const proof = provenAuthority({ id: odd.id } as WireKey, 2).proof;
  const speaks = card(ADA_2, { version: 2, kind: 2, bound: join(u16(2), odd.id, proof) }).subarray(0, -64);
  const sign = (content: Buffer): Buffer => join(content, oddSign(odd, WIRE_DOMAINS.card, content));
  const certified = oddSign(odd, WIRE_DOMAINS.device, ADA_2.id, u16(2), LAPTOP.id);
  const under = join(LAPTOP.id, u16(2), certified, odd.id, proof);
  const later = card(ADA_2, { version: 2, kind: 3, bound: under, signer: LAPTOP });
  return [
    badCard('further-mixed-order', 'the device key is not of prime order', sign(further)),
    badCard('authority-mixed-order', 'the authority is not of prime order', sign(speaks)),
    badCard('later-mixed-order', 'the authority of a further device is not of prime order', later),
  ];
}

function furtherOf(
  name: string,
  comment: string,
  bytes: Buffer,
  authority: WireAuthority,
  said: { readonly device?: WireKey; readonly person?: WirePerson; readonly name?: string } = {},
): CardVector {
  const { device = LAPTOP, person = ADA_2 } = said;
  return {
    name: `card-${name}`,
    comment,
    bytes: bytes.toString('hex'),
    code: 'ok',
    person: sha256(u8(2), person.founding).toString('hex'),
    device: device.id.toString('hex'),
    serial: 1,
    recipient: person.recipient.toString('hex'),
    cardName: said.name ?? person.name,
    kind: bytes[1 + person.founding.length] ?? 0,
    generation: authority.generation,
    authority: authority.key.id.toString('hex'),
  };
}
