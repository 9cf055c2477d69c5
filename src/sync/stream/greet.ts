// Who is at the other end: a device that has proved it, of a contact or one's own (spec/stream.md, "HELLO", "SIGNED").
import { SatchelError } from '../../format/error.js';
import type { DeviceKey, PersonId } from '../../format/ids.js';
import { decodeHello, encodeHello, type Hello, NONCE_SIZE } from '../../format/stream/hello.js';
import { isStreamSignedBy, NO_BINDING, signStream } from '../../format/stream/signed.js';
import { type Card, decodeCard, verifyCard } from '../../identity/card.js';
import { decidedRelation, devicesOf } from '../../identity/relations.js';
import { nextSerial } from '../../identity/self.js';
import { withOwnCard } from '../../topic/writing/own-card.js';
import { checkNotes } from '../../topic/writing/renew.js';
import { updateCards } from '../import/update-cards.js';
import type { Session } from '../session.js';
import type { Desk } from './desk.js';

/** What a side begins with. */
export interface Greeting {
  readonly hello: Hello;
  readonly payload: Buffer;
}

/** The device at the other end. */
export interface Peer {
  readonly person: PersonId;
  readonly device: DeviceKey;
  readonly card: Card;
  readonly hello: Hello;
}

/** Makes the own HELLO; its serial is spent. */
export function openGreeting(desk: Desk): Promise<Greeting> {
  const { repository } = desk;
  return desk.locked(async () => {
    // a restored device must not speak on in its old epoch, where its serials are spent
    const { author } = await checkNotes(repository, await desk.author());
    const { self, card } = await withOwnCard(repository, author);
    const { world, directory } = repository;
    const hello: Hello = {
      card,
      epoch: self.epoch,
      serial: nextSerial(directory),
      created: world.now(),
      nonce: world.random(NONCE_SIZE),
    };
    return { hello, payload: encodeHello(hello) };
  });
}

/** Who claims to be there. @throws SatchelError `bad-stream`, `newer-version`, `untrusted-peer` */
export function claimedPeer(desk: Desk, payload: Buffer): Peer {
  const hello = decodeHello(payload);
  const card = cardIn(hello);
  const { self } = desk.session();
  if (card.device === self.device)
    throw untrusted(
      'what answers has the key of this very device',
      'either this is your own repository, or a copy, to which nobody speaks: run "satchel device request" in that',
    );
  return { person: card.person, device: card.device, card, hello };
}

/** The own signature under this stream. */
export async function signGreeting(
  desk: Desk,
  own: Buffer,
  other: Buffer,
  binding: Buffer = NO_BINDING,
): Promise<Buffer> {
  const { secrets } = await desk.author();
  return signStream({ own, other, binding }, secrets.device);
}

/** Makes sure that it is who it claims to be, and one to speak with. @throws SatchelError `untrusted-peer` */
export async function assertPeer(
  desk: Desk,
  peer: Peer,
  signature: Buffer,
  greetings: { readonly own: Buffer; readonly other: Buffer; readonly binding?: Buffer | undefined },
): Promise<void> {
  const { own, other, binding = NO_BINDING } = greetings;
  if (!isStreamSignedBy(peer.device, signature, { own: other, other: own, binding }))
    throw untrusted('what answers did not prove who it is', 'look at what is between the two computers');
  if (isTrusted(desk.session(), peer)) return;
  // a further device of somebody who is known may be met here for the first time; of others nothing is noted
  if (isSomebodyKnown(desk.session(), peer)) await desk.turn(() => updateCards(desk.session(), [peer.card]));
  if (isTrusted(desk.session(), peer)) return;
  throw untrusted(
    'what answers is no device of a contact of yours, nor one of your own',
    'exchange cards first: "satchel card" there, "satchel contact add" here',
  );
}

function isTrusted(session: Session, { person, device }: Peer): boolean {
  return isSomebodyKnown(session, { person }) && devicesOf(session, person).includes(device);
}

/** A contact who is not blocked, or oneself. */
function isSomebodyKnown(session: Session, { person }: Pick<Peer, 'person'>): boolean {
  const relation = decidedRelation(session, person);
  return relation === 'contact' || relation === 'self';
}

function cardIn({ card }: Hello): Card {
  try {
    const decoded = decodeCard(card);
    if (verifyCard(decoded)) return decoded;
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
  }
  throw untrusted('what answers shows a card that is not valid', 'update satchel on both computers');
}

function untrusted(message: string, hint: string): SatchelError {
  return new SatchelError('untrusted-peer', message, { hint });
}
