// satchel consumer list, consumer remove: who gets messages with `feed` (spec/cli.md, "consumer").
import { acquireLock } from '../../../repository/lock.js';
import { consumerLock, listConsumers, removeConsumer } from '../../../topic/feed/consumer.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { alignColumns } from '../../terminal/columns.js';
import { formatMoment } from '../../terminal/time.js';

/** Prints each with how far it is. */
export async function runList(context: Context): Promise<void> {
  const { layout } = await context.repository();
  const consumers = listConsumers(layout).map(({ name, offset, handedOut, changed }) => ({
    name,
    offset,
    handedOut: handedOut.length,
    changed,
  }));
  if (context.json) return context.printJson({ consumers });
  const rows = consumers.map(({ name, offset, handedOut, changed }) => [
    name,
    `committed up to ${offset}`,
    handedOut === 0 ? '' : `${handedOut} more handed out`,
    formatMoment(changed),
  ]);
  for (const line of alignColumns(rows)) context.print(line);
  if (consumers.length === 0) context.note('there are no consumers; "satchel feed --as NAME" begins one');
}

/** Forgets one; not while it is being handed anything. */
export async function runRemove(context: Context, { name }: Args<'consumer remove'>): Promise<void> {
  const repository = await context.repository();
  const { layout } = repository;
  const release = acquireLock(consumerLock(layout, name), await context.lockTimeout());
  try {
    repository.locked(() => removeConsumer(layout, name));
  } finally {
    release();
  }
  if (context.json) return context.printJson({ removed: name });
  context.print(`forgot how far ${name} was; what it was handed stays where it is`);
}
