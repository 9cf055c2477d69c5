// How a workload's repositories end, whoever wrote what is in them: somebody has everything, and a reader takes it in.

import { readContacts } from '../../src/identity/contacts.js';
import { sealsFor } from '../../src/sync/export/seal.js';
import type { ImportReport } from '../../src/sync/import/import-report.js';
import { tidyIfDue } from '../../src/sync/maintain.js';
import type { Replica } from '../testkit/replica.js';
import { copy, type Places } from './places.js';

/** Name of the one topic. */
export const TOPIC = 'bench';
/** When the first message is written, ms. */
export const START: number = Date.UTC(2025, 0, 1);

/**
 * What is to be measured: somebody who has everything, a reader who has taken it in, and one round more. Returns the entries
 * that the reader took.
 */
export async function handOver(
  hub: Replica,
  reader: Replica,
  places: Places,
  oneMore: () => Promise<void>,
): Promise<number> {
  await hub.export(places.bundle, { full: true });
  const people = [...readContacts(hub.directory).keys()];
  const [seal] = sealsFor(hub.session, people).seals;
  await hub.export(places.sealedBundle, { full: true, seal });
  const { fresh } = await takeIn(reader, places.bundle);
  keep(reader, places.full);
  const receipt = `${hub.directory}.receipt.satchel`;
  await reader.export(receipt, { to: [contactOf(reader, hub)] });
  await takeIn(hub, receipt);
  keep(hub, places.source);
  await oneMore();
  keep(hub, places.sourceAfter);
  await hub.export(places.deltaBundle, { to: [contactOf(hub, reader)] });
  return fresh;
}

/** Imports a bundle, and tidies up when that is due as the command does. */
export async function takeIn(replica: Replica, file: string): Promise<ImportReport> {
  const report = replica.import(file);
  await tidyIfDue(replica.session);
  return report;
}

/** What is on disk now, for later. */
export function keep(replica: Replica, place: string): void {
  replica.reopen();
  copy(replica.directory, place);
}

/** How one knows the other. */
export function contactOf(replica: Replica, other: Replica) {
  const contact = [...readContacts(replica.directory).values()].find(({ petname }) => petname === other.name);
  if (!contact) throw new Error(`${replica.name} does not know ${other.name}`);
  return contact;
}
