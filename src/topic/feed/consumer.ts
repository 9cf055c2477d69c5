// What is kept of a consumer: its position, and what was handed out to it and not committed (spec/repository.md, "Consumers").
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { disk } from '../../repository/disk.js';
import { makeDirectory, namesIn } from '../../repository/files.js';
import type { Layout } from '../../repository/layout.js';
import type { Repository } from '../../repository/repository.js';
import { fileOfState, readState, removeState, type Stored, writeState } from '../../repository/state.js';

/** Names that every shell and file system takes as they are. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A consumer. The first message that was handed out has the offset behind {@link Stored.offset}, the next one more. */
export type Consumer = Stored<'consumer'>;
/** A message that was handed out, and whether it was marked then as one behind a contradiction. */
export type HandedOut = Consumer['handedOut'][number];

/** A consumer that got nothing yet. */
export function newConsumer(name: string): Consumer {
  return { name, offset: 0, changed: 0, handedOut: [], done: {}, passed: {}, judgedBy: '', judgedAt: 0 };
}

/**
 * The consumer of that name; undefined when there is none.
 * @throws SatchelError `usage` for what is no name, `damaged`
 */
export function findConsumer(layout: Layout, name: string): Consumer | undefined {
  return readState(layout, 'consumer', keyOf(name));
}

/**
 * The same where there has to be one.
 * @throws SatchelError `not-found`, `usage`, `damaged`
 */
export function consumerNamed(layout: Layout, name: string): Consumer {
  const found = findConsumer(layout, name);
  if (!found) throw notFound(name);
  return found;
}

function notFound(name: string): SatchelError {
  return new SatchelError('not-found', `there is no consumer "${name}"`, {
    hint: '"satchel consumer list" shows them; "satchel feed --as NAME" begins one',
  });
}

/** Every consumer, by name. @throws SatchelError `damaged`, `io` */
export function listConsumers(layout: Layout): Consumer[] {
  const directory = directoryOf(layout);
  const keys = namesIn(directory).flatMap((name) => /^([0-9a-f]+)\.json$/.exec(name)?.[1] ?? []);
  const found = keys.flatMap((key) => readState(layout, 'consumer', key) ?? []);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Replaces what is kept of it, durably. Only under the repository's lock. */
export function writeConsumer({ layout, world }: Repository, consumer: Consumer): Consumer {
  const written = { ...consumer, changed: Math.max(0, Math.floor(world.now())) };
  writeState(layout, 'consumer', written, keyOf(consumer.name));
  return written;
}

/**
 * Forgets it, durably, also when what is kept of it is bad. Only under the repository's lock.
 * @throws SatchelError `not-found`, `usage`, `io`
 */
export function removeConsumer(layout: Layout, name: string): void {
  if (!disk.exists(fileOfState(layout, 'consumer', keyOf(name)))) throw notFound(name);
  removeState(layout, 'consumer', keyOf(name));
}

/** The file that whoever runs a consumer has locked. */
export function consumerLock(layout: Layout, name: string): string {
  const file = fileOfState(layout, 'consumer', keyOf(name));
  makeDirectory(directoryOf(layout));
  return file.replace(/\.json$/, '.lock');
}

/** Where all of them lie. */
export function directoryOf(layout: Layout): string {
  return path.join(layout.refs, 'consumers');
}

/**
 * The position when all up to an offset is committed.
 * @throws SatchelError `usage` when nothing with that offset was handed out yet
 */
export function committed(consumer: Consumer, offset: number): Consumer {
  const { handedOut } = consumer;
  const last = consumer.offset + handedOut.length;
  if (offset > last) {
    throw new SatchelError('usage', `nothing with offset ${offset} was handed out to "${consumer.name}"`, {
      hint: last === 0 ? 'nothing was handed out yet' : `the last was ${last}`,
    });
  }
  const count = Math.max(0, offset - consumer.offset);
  return { ...consumer, offset: consumer.offset + count, handedOut: handedOut.slice(count) };
}

/** A name as part of a file's. @throws SatchelError `usage` */
function keyOf(name: string): string {
  if (NAME.test(name)) return Buffer.from(name).toString('hex');
  throw new SatchelError('usage', 'that is no name for a consumer', {
    hint: 'take up to 64 letters, digits, ".", "_" and "-", beginning with a letter or digit',
  });
}
