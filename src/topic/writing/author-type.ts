// Who writes here: what writing takes of an identity (spec/repository.md, "Self").
import type { SatchelError } from '../../format/error.js';
import type { TopicId } from '../../format/ids.js';
import type { TopicKeys } from '../../format/private/topic-keys.js';
import type { Rotation } from '../../identity/rotation.js';
import type { Secrets } from '../../identity/secrets.js';
import type { Self } from '../../identity/self.js';

/** Who writes here: the identity, its unlocked keys, and where the note of what was written is kept. */
export interface Author {
  readonly self: Self;
  readonly secrets: Secrets;
  /** The own card's bytes. */
  readonly card: Buffer;
  /** Where the note of what was written is kept; see repository/notes/note-places.ts. */
  readonly stateDirectory: string;
  /** Where its second copy is; absent: there is none. */
  readonly stateCopy?: string | undefined;
  /** What of it may have been changed by another process, as it is on disk. */
  reread(): Promise<Pick<Author, 'self' | 'secrets' | 'card'>>;
  /** Hears that birth times, which tell of a copy again, are not believed until then. */
  onDisbelief?(until: number): void;
  /** Hears which topic an export had to leave as it is, and why. */
  onPassedOver?(topic: TopicId, why: SatchelError): void;
  /** Hears in which topic it was stated which own devices are left, and whether that changes who is in it. */
  onDevicesStated?(topic: TopicId, hasChanged: boolean): void;
  /** The keys of private topics, as they are kept; absent: nothing is written in one. */
  readonly topicKeys?: TopicKeysStore | undefined;
  /** When the key on the own card is renewed, and old ones go; absent: never. */
  readonly rotation?: Rotation | undefined;
  /** Stores changed secret keys durably. */
  save(change: (secrets: Secrets) => Secrets): Promise<Secrets>;
}

/** Where keys of private topics are kept. */
export interface TopicKeysStore {
  read(): Promise<readonly TopicKeys[]>;
  /** Keeps them durably, before they are used. */
  keep(added: readonly TopicKeys[], random: (size: number) => Buffer): Promise<unknown>;
}
