// Who the bundles of the corpus are of: Mallory is a contact, so that everything she writes is wanted.
import { verifyBundle } from '../../src/format/bundle/verify.js';
import { EXIT_OF_CODE, SatchelError } from '../../src/format/error.js';
import type { PersonId } from '../../src/format/ids.js';
import { sourceOf } from '../../src/format/source.js';
import { personTopic } from '../../src/topic/person-topic.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { bytesOf, type WireKey, wireKey } from '../testkit/wire.js';
import { wireIdentity } from '../testkit/wire-age.js';
import { type BundleLies, bundle, carried, type WireBundle, type WireSegment } from '../testkit/wire-bundle.js';
import {
  card,
  cardText,
  introduction,
  type WireIntroduction,
  type WirePerson,
  wirePerson,
} from '../testkit/wire-card.js';
import {
  createStatement,
  epochFields,
  privateTopicId,
  setFields,
  statement,
  toItem,
} from '../testkit/wire-membership.js';
import { CHILD } from '../testkit/wire-private.js';
import { runOf, type WireEntry, wireLog } from '../testkit/wire-segment.js';
import type { WireMember } from '../testkit/wire-tar.js';

/** The name of the topic that the repository has joined. */
export const TOPIC_NAME = 'hostile';
const TOPIC: Buffer = Buffer.from(rendezvousTopic(TOPIC_NAME), 'hex');

export const MALLORY: WirePerson = wirePerson('Mallory');
/** The card that the repository has accepted. */
export const MALLORY_CARD: string = cardText(card(MALLORY));

/** The topic of Mallory's person logs. */
export const PERSON_TOPIC: Buffer = Buffer.from(personTopic(MALLORY.id.toString('hex') as PersonId), 'hex');

/** A device that waits to become somebody's. */
export const WAITING = {
  device: wireKey('a device that waits'),
  identity: wireIdentity('a device that waits'),
  label: 'laptop',
} as const;

/** A private topic of Mallory's that the repository is in, and has the keys of. */
export const GARDEN_NAME = 'garden';
export const GARDEN: Buffer = createStatement({ owners: [MALLORY.id], label: GARDEN_NAME });
export const GARDEN_ID: Buffer = privateTopicId(GARDEN);

const BY_MALLORY = { topic: GARDEN_ID, card: card(MALLORY), signer: MALLORY.device };

/** The epoch that everything there is written under, as Mallory stated it. */
export const GARDEN_EPOCH: { readonly bytes: Buffer; readonly signature: Buffer } = statement({
  ...BY_MALLORY,
  kind: 3,
  fields: epochFields({ epoch: CHILD.id, to: [toItem(MALLORY.device.id, 1)] }),
});

/** What Mallory's letter said: that this person is a member, and the epoch. */
export function statedInGarden(person: Buffer): readonly { readonly bytes: Buffer; readonly signature: Buffer }[] {
  return [statement({ ...BY_MALLORY, fields: setFields({ person, role: 3 }) }), GARDEN_EPOCH];
}

/** Entry 0 of a log of Mallory's. */
export function intro(key: WireKey, lies: Partial<WireIntroduction> = {}): WireEntry {
  return { payload: introduction({ log: key.id, topic: TOPIC, label: TOPIC_NAME, person: MALLORY, ...lies }) };
}

/** A log of Mallory's with its introduction, in two segments. */
export function logOf(
  label: string,
  entries: readonly WireEntry[],
  lies: Partial<WireIntroduction> = {},
): WireSegment[] {
  const key = wireKey(label);
  const log = wireLog(key, [intro(key, lies), ...entries]);
  const first = carried(runOf(log, 0, 1));
  return entries.length === 0 ? [first] : [first, carried(runOf(log, 1))];
}

/** Two honest segments. */
export const GOOD: readonly WireSegment[] = logOf('good log', [{ payload: bytesOf(40, 7) }]);

/** A bundle signed by Mallory's device. */
export function given(spec: WireBundle, lies: BundleLies = {}): Buffer {
  return bundle({ signer: MALLORY.device, card: MALLORY_CARD, ...spec }, lies);
}

/** One with the member of that name in place of an honest one; the manifest lists it as it is. */
export function withMember(name: string, content: Uint8Array, spec: WireBundle = { segments: GOOD }): Buffer {
  return given(spec, {
    members: (members) =>
      ORDER.flatMap((one) => (one === name ? [{ name, content }] : members.filter((m) => m.name === one))),
  });
}

/** Members before the chunks. */
const ORDER: readonly string[] = ['contents', 'frontier', 'wants', 'proofs', 'segments', 'padding'];

/** A bundle of these contents and segments as they are, its totals what they have to be. */
export function withContents(contents: Uint8Array, segments: Uint8Array, totals: object = {}): Buffer {
  const count = contents.length / 96;
  const members: WireMember[] = [
    { name: 'contents', content: contents },
    { name: 'segments', content: segments },
  ];
  return given(
    {},
    { members: () => members, manifest: (it) => ({ ...it, logs: count, segments: count, entries: count, ...totals }) },
  );
}

/** The exit status that `verify` gives for a bundle. */
export function judgeBundle(content: Buffer): number {
  return exitOf(() => (verifyBundle(sourceOf(content)).refused.length > 0 ? 3 : 0));
}

/** The status that work gives, or that its error leads to. @throws what is no error of ours */
export function exitOf(work: () => number): number {
  try {
    return work();
  } catch (error) {
    if (error instanceof SatchelError) return EXIT_OF_CODE[error.code];
    throw error;
  }
}
