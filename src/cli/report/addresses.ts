// Where contacts publish, and the command that reads it (spec/cli.md, "Identity and contacts"). Nothing goes there unasked.

import { readStoreMemory } from '../../sync/drive/store-memory.js';
import { addressesOf } from '../../sync/known/addresses.js';
import { activeContacts, type Session } from '../../sync/session.js';
import type { Context } from '../command/context.js';
import { nextCommand, quoteWord } from '../command/next.js';
import { escapeLine } from '../terminal/escape.js';

/** So many are named. */
const NAMED_MAX = 5;

/** A line for each address of a contact; `isNew` leaves out those that were visited. */
export function addressLines(context: Context, session: Session, { isNew = false } = {}): string[] {
  const lines: string[] = [];
  for (const { person, petname } of activeContacts(session)) {
    for (const address of addressesOf(session, person)) {
      if (isNew && readStoreMemory(session.repository.layout, address)) continue;
      const sync = nextCommand(context.directory, `sync ${quoteWord(address)}`, context.env);
      lines.push(`${escapeLine(petname)} publishes; to read it: ${sync}`);
    }
  }
  return lines.slice(0, NAMED_MAX);
}
