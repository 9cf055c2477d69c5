// A message as it is shown or handed to a program: plain values, so that whoever renders them knows no repository.
import type { DeviceKey, EntryId, LogId, PersonId, TopicId } from '../../format/ids.js';
import type { BlobProgress } from '../../repository/store/blob-progress.js';
import type { Attachment } from '../message/attachment.js';
import type { WaitsFor } from './waits-for.js';

/** Who wrote a message, as far as known. */
export interface AuthorView {
  readonly device: DeviceKey | undefined;
  readonly person: PersonId | undefined;
  /** Self-chosen; empty when no introduction is held. */
  readonly name: string;
  /** The petname; undefined for strangers. */
  readonly contact: string | undefined;
}

/**
 * What became of a message: `hidden` or `forgotten` here, `expired`, `retracted` by its author, `dropped` (its payload is not here), `copy`
 * (it is shown in another place), `edit` and `reaction` (it is shown with the message it is about), `event` (what programs tell
 * one another), `void` (written by who takes part no more), `unreadable` (no message we understand), `waiting` and `locked`
 * (sealed for members of its topic: no key of it is here yet, or none can be had without the passphrase), `newer-version` (it has to be read with one),
 * `contradicted` (its log exists in two versions from here on). What is contradicted is shown with a mark, what can't be read
 * only as being there.
 */
export type MessageState =
  | ('shown' | 'unreadable' | 'waiting' | 'locked' | 'newer-version' | 'contradicted')
  | ('hidden' | 'forgotten' | 'expired' | 'retracted' | 'dropped' | 'copy' | 'edit' | 'reaction' | 'event' | 'void');

/** A file that a message brings, and how much of it is here. */
export interface AttachmentView extends Attachment, BlobProgress {}

/** An entry that a message cites; without an id where what is held here can't tell which entry that is. */
export interface CitedView {
  readonly log: LogId;
  readonly seq: number;
  readonly id: EntryId | undefined;
}

/** A message as far as those that answer it show it. */
export interface Snippet extends Pick<MessageView, 'author' | 'own' | 'text' | 'state'> {
  /** The logical clock of the edit that its text comes from. */
  readonly editedAt: number | undefined;
}

/** An edit, as told with the message that it edits. */
export interface EditView {
  readonly id: EntryId;
  /** Milliseconds on the author's clock. */
  readonly time: number;
  readonly text: string;
}

/** What some react to a message with. */
export interface ReactionView {
  readonly text: string;
  readonly by: readonly PersonId[];
  readonly own: boolean;
}

/** One message, ready to be rendered or printed as JSON. */
export interface MessageView {
  readonly id: EntryId;
  readonly log: LogId;
  readonly seq: number;
  /** The topic's label. */
  readonly topic: string;
  readonly topicId: TopicId;
  readonly author: AuthorView;
  /** The logical clock that it sorts by. */
  readonly clock: number | undefined;
  /** Milliseconds on the author's clock, which may be wrong. */
  readonly time: number | undefined;
  /** When it came here, ms on the own clock; undefined where the journal does not tell. */
  readonly arrived: number | undefined;
  /** The time, or the clock, can't be right: it lies far ahead of the conversation, or far behind what its author had seen. */
  readonly timeDoubtful: boolean;
  /** The clock, and so the place among the others, can't be right: it lies far ahead of the conversation. */
  readonly clockDoubtful: boolean;
  readonly type: string;
  /** As it is since the newest edit. */
  readonly text: string | undefined;
  /** The newest edit. */
  readonly edited: EditView | undefined;
  /** The most frequent first. */
  readonly reactions: readonly ReactionView[];
  /** The message that this one edits or reacts to, if it counts as that. */
  readonly about: CitedView | undefined;
  /** Whether it mentions us. */
  readonly mentionsUs: boolean;
  readonly attachments: readonly AttachmentView[];
  /** The message this one answers, as it is cited. */
  readonly reply: CitedView | undefined;
  /** The same where it is shown. */
  readonly answers: CitedView | undefined;
  readonly deps: readonly CitedView[];
  /** The entry that this one says again, if it is a copy that counts. */
  readonly again: CitedView | undefined;
  /** Entries of its log are missing right before it. */
  readonly gap: boolean;
  /** Of those some were here, and were damaged. */
  readonly damaged: boolean;
  readonly own: boolean;
  readonly unread: boolean;
  readonly state: MessageState;
  /** What it waits for; undefined for what does not wait. */
  readonly waitsFor: WaitsFor | undefined;
}
