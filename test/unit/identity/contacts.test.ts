// Contacts on disk.
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { addCard, blockCard } from '../../../src/identity/contact-changes.js';
import {
  type Contact,
  type Contacts,
  contactFrom,
  flagsOf,
  readContacts,
  writeContacts,
} from '../../../src/identity/contacts.js';
import { loadShapes } from '../../../src/repository/state.js';
import { cardOf } from '../../testkit/cards.js';
import { scratchDirectory } from '../../testkit/scratch.js';

beforeAll(loadShapes);

function twoContacts(): Contacts {
  const first = addCard(new Map(), cardOf('Bob'), { now: 5 }).contacts;
  return blockCard(first, cardOf('Ada'), { now: 7 });
}

function stored(value: unknown): string {
  const dir = scratchDirectory();
  fs.mkdirSync(path.join(dir, '.satchel', 'refs'), { recursive: true });
  fs.writeFileSync(path.join(dir, '.satchel', 'refs', 'contacts.json'), JSON.stringify(value));
  return dir;
}

test('are none before the first', () => {
  expect(readContacts(scratchDirectory())).toEqual(new Map());
});

test('come back as they were, in the order they were added', () => {
  const dir = scratchDirectory();
  const contacts = twoContacts();
  writeContacts(dir, contacts);
  expect(readContacts(dir)).toEqual(contacts);
  expect([...readContacts(dir).values()].map(({ petname }) => petname)).toEqual(['Bob', 'Ada']);
});

test('keep what was decided as one number, each decision by itself', () => {
  const [bob] = [...twoContacts().values()] as [Contact];
  const { accepted: _, confirmed: __, blocked: ___, ...rest } = bob;
  for (let flags = 0; flags < 16; flags++) {
    const contact = contactFrom({ ...rest, flags });
    const decided = [contact.accepted, contact.confirmed, contact.blocked, contact.former === true];
    expect(decided, `flags ${flags}`).toEqual([1, 2, 4, 8].map((flag) => (flags & flag) !== 0));
    expect(flagsOf(contact)).toBe(flags);
  }
});

test.each<[string, Record<string, unknown>]>([
  ['no person', { person: 'x' }],
  ['no device', { device: undefined }],
  ['no petname', { petname: '' }],
  ['a petname with an escape', { petname: '\x1b[2J' }],
  ['a petname too long', { petname: 'x'.repeat(65) }],
  ['no card', { card: 1 }],
  ['no serial', { serial: 0 }],
  ['no time', { added: 'now' }],
  ['a flag that is none', { blocked: 0 }],
  ['a flag left out', { accepted: undefined }],
])('are damaged with %s', (_what, fields) => {
  const [bob] = [...twoContacts().values()] as [Contact];
  const dir = stored({ contacts: [{ ...bob, ...fields }] });
  const message = expect.stringContaining('contacts.json');
  expect(() => readContacts(dir)).toThrow(expect.objectContaining({ code: 'damaged', message }));
});

test('are damaged without a list, and with anybody or any petname twice', () => {
  const [bob, ada] = [...twoContacts().values()] as [Contact, Contact];
  const damaged = expect.objectContaining({ code: 'damaged' });
  expect(() => readContacts(stored([]))).toThrow(damaged);
  expect(() => readContacts(stored({ contacts: {} }))).toThrow(damaged);
  expect(() => readContacts(stored({ contacts: [7] }))).toThrow(damaged);
  expect(() => readContacts(stored({ contacts: [bob, { ...bob, petname: 'other' }] }))).toThrow(damaged);
  expect(() => readContacts(stored({ contacts: [bob, { ...ada, petname: 'BOB' }] }))).toThrow(damaged);
});
