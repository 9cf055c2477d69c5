// What is decided about contacts.
import { describe, expect, test } from 'vitest';
import type { PersonId } from '../../../src/format/ids.js';
import type { Card } from '../../../src/identity/card.js';
import { formatCard } from '../../../src/identity/card-text.js';
import {
  addCard,
  blockCard,
  blockContact,
  confirmContact,
  removeContact,
  renameContact,
  replaceContact,
  unblockContact,
  withFormerSelf,
} from '../../../src/identity/contact-changes.js';
import type { Contact, Contacts } from '../../../src/identity/contacts.js';
import { cardNameProblem, PETNAME_MAX } from '../../../src/identity/names.js';
import { storedCardBytes } from '../../../src/identity/stored-card.js';
import { cardOf } from '../../testkit/cards.js';
import { sha256 } from '../../testkit/wire.js';

const NONE: Contacts = new Map();
const NOW = { now: 1_000 };

function petnames(contacts: Contacts): string[] {
  return [...contacts.values()].map(({ petname }) => petname);
}

function withPeople(...labels: string[]): Contacts {
  return labels.reduce((contacts, label) => addCard(contacts, cardOf(label), NOW).contacts, NONE);
}

describe('accepting a card', () => {
  test('makes a contact of it', () => {
    const card = cardOf('Bob', { serial: 3 });
    const { contacts, contact, outcome, sameNameAs } = addCard(NONE, card, NOW);
    expect(outcome).toBe('added');
    expect(sameNameAs).toBeUndefined();
    expect(contact).toEqual({
      person: card.person,
      petname: 'Bob',
      device: card.device,
      card: formatCard(card),
      serial: 3,
      added: 1_000,
      accepted: true,
      confirmed: false,
      blocked: false,
    });
    expect(contacts.get(card.person)).toBe(contact);
    expect(NONE.size).toBe(0);
  });

  test('takes a petname instead of its name', () => {
    expect(addCard(NONE, cardOf('Bob'), { ...NOW, petname: ' bobby ' }).contact.petname).toBe('bobby');
  });

  test('tells a second Bob from the first, and says so', () => {
    const first = withPeople('Bob');
    const second = addCard(first, cardOf('other', { name: 'bob' }), NOW);
    expect(second.contact.petname).toBe('bob (2)');
    expect(second.sameNameAs?.petname).toBe('Bob');
    const third = addCard(second.contacts, cardOf('third', { name: 'BOB' }), NOW);
    expect(petnames(third.contacts)).toEqual(['Bob', 'bob (2)', 'BOB (3)']);
  });

  test('tells even somebody whose name is the longest there is', () => {
    const name = 'x'.repeat(32);
    const first = addCard(NONE, cardOf('a', { name }), NOW).contacts;
    expect(addCard(first, cardOf('b', { name }), NOW).contact.petname).toBe(`${name} (2)`);
  });

  test('refuses a petname that is taken, or none', () => {
    const contacts = withPeople('Bob');
    const taken = { ...NOW, petname: 'BOB' };
    expect(() => addCard(contacts, cardOf('Eve'), taken)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining('the petname "Bob" is taken by ') }),
    );
    expect(() => addCard(NONE, cardOf('Eve'), { ...NOW, petname: 'a\tb' })).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

describe('a card of somebody known', () => {
  test('that is newer brings card and serial up to date, never the petname', () => {
    const before = confirmContact(withPeople('Bob', 'Ada'), cardOf('Bob').person);
    const newer = cardOf('Bob', { name: 'Ada', serial: 2 });
    const { contacts, contact, outcome } = addCard(before, newer, { now: 9_000 });
    expect(outcome).toBe('updated');
    expect(contact).toMatchObject({
      petname: 'Bob',
      card: formatCard(newer),
      serial: 2,
      added: 1_000,
      confirmed: true,
    });
    expect(petnames(contacts)).toEqual(['Bob', 'Ada']);
  });

  test.each([
    ['older', cardOf('Bob', { name: 'Rob', serial: 1 })],
    ['the same', cardOf('Bob', { serial: 2 })],
  ])('that is %s changes nothing', (_what, card) => {
    const before = addCard(NONE, cardOf('Bob', { serial: 2 }), NOW).contacts;
    const { contacts, outcome } = addCard(before, card, NOW);
    expect(outcome).toBe('unchanged');
    expect(contacts).toBe(before);
  });

  test('of two cards with one serial the same counts in either order', () => {
    const cards = ['Bob', 'Rob'].map((name) => cardOf('Bob', { name, serial: 2 }));
    const met = [cards, cards.toReversed()].map((order) =>
      order.reduce((contacts, card) => addCard(contacts, card, NOW).contacts, NONE),
    );
    const [one, other] = met.map((contacts) => [...contacts.values()].map(({ card }) => card));
    expect(one).toEqual(other);
    const smaller = cards.map(({ bytes }) => sha256(bytes).toString('hex')).sort()[0];
    expect(sha256(storedCardBytes(one?.[0] ?? '')).toString('hex')).toBe(smaller);
  });

  test('gives it the petname that comes with it', () => {
    const { contact, contacts } = addCard(withPeople('Bob'), cardOf('Bob'), { ...NOW, petname: 'Robert' });
    expect(contact.petname).toBe('Robert');
    expect(petnames(contacts)).toEqual(['Robert']);
  });

  test('does not take a block back', () => {
    const blocked = blockContact(withPeople('Bob'), cardOf('Bob').person);
    expect(addCard(blocked, cardOf('Bob', { serial: 2 }), NOW).contact.blocked).toBe(true);
  });
});

describe('blocking', () => {
  test('a contact, and taking it back', () => {
    const { person } = cardOf('Bob');
    const blocked = blockCard(withPeople('Bob'), cardOf('Bob'), NOW);
    expect(blocked.get(person)).toMatchObject({ accepted: true, blocked: true });
    expect(unblockContact(blocked, person).get(person)).toMatchObject({ accepted: true, blocked: false });
  });

  test('a stranger does not make it a contact', () => {
    const card = cardOf('Eve', { name: 'Bob' });
    const blocked = blockCard(withPeople('Bob'), card, NOW);
    expect(blocked.get(card.person)).toMatchObject({ petname: 'Bob (2)', accepted: false, blocked: true });
    expect(unblockContact(blocked, card.person).has(card.person)).toBe(false);
  });

  test('a stranger, who is accepted later, and then still blocked', () => {
    const blocked = blockCard(NONE, cardOf('Eve'), NOW);
    const { contact, outcome } = addCard(blocked, cardOf('Eve'), NOW);
    expect(outcome).toBe('added');
    expect(contact).toMatchObject({ accepted: true, blocked: true });
  });
});

describe('renaming', () => {
  test('changes the petname only, and allows another letter case', () => {
    const before = withPeople('Bob');
    const { person } = cardOf('Bob');
    const after = renameContact(before, person, 'bob').get(person);
    expect(after).toEqual({ ...before.get(person), petname: 'bob' });
  });

  test('refuses a petname that is taken', () => {
    const contacts = withPeople('Bob', 'Ada');
    expect(() => renameContact(contacts, cardOf('Ada').person, 'bOB')).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

describe('replacing', () => {
  const anew = cardOf('Bob anew', { name: 'Bob' });
  const replaced = (contacts: Contacts) =>
    replaceContact(contacts, contacts.get(cardOf('Bob').person) as Contact, anew, NOW);

  test.each([
    'x'.repeat(64),
    // four bytes a letter
    '\u{1f33b}'.repeat(16),
    `${'x'.repeat(47)} ${'y'.repeat(16)}`,
  ])('shortens a petname that leaves no room for what is added: %s', (petname) => {
    const before = renameContact(withPeople('Bob'), cardOf('Bob').person, petname);
    const { contacts, former, contact } = replaced(before);
    expect(contact.petname).toBe(petname);
    expect(former.petname).toMatch(/^(\S+) \(before\)$/u);
    expect(petname.startsWith(former.petname.slice(0, -' (before)'.length))).toBe(true);
    for (const one of contacts.values()) expect(cardNameProblem(one.petname, PETNAME_MAX)).toBeUndefined();
  });

  test.each([
    ['neither', false, false],
    ['the former one alone', true, false],
    ['the new one alone', false, true],
    ['both', true, true],
  ])('blocks the new person where this was blocked: %s', (_who, isOld, isNew) => {
    const known = isOld ? blockCard(withPeople('Bob'), cardOf('Bob'), NOW) : withPeople('Bob');
    const { former, contact } = replaced(isNew ? blockCard(known, anew, NOW) : known);
    expect([former.blocked, contact.blocked]).toEqual([isOld, isOld || isNew]);
    expect([former.former, contact.accepted, contact.confirmed, contact.former]).toEqual([true, true, true, undefined]);
  });
});

describe('who one was before a restore', () => {
  const petnameOf = (contacts: Contacts, card: Card): string =>
    withFormerSelf(contacts, card, NOW).get(card.person)?.petname ?? '';

  test('is a confirmed contact of the past, once and again', () => {
    const bob = cardOf('Bob');
    const contacts = withFormerSelf(withPeople('Ada'), bob, NOW);
    expect(contacts.get(bob.person)).toMatchObject({
      petname: 'Bob (before)',
      accepted: true,
      confirmed: true,
      former: true,
    });
    expect(withFormerSelf(contacts, bob, NOW)).toEqual(contacts);
  });

  test.each([
    ['Bob', 'Bob (before) (2)'],
    ['~Bob', 'Bob (before) (2)'],
    ['x'.repeat(32), `${'x'.repeat(32)} (before)`],
  ])('has a petname that nobody has, and that is one: %s', (name, petname) => {
    const taken = renameContact(withPeople('Ada'), cardOf('Ada').person, 'bob (Before)');
    expect(petnameOf(taken, cardOf('before', { name }))).toBe(petname);
    expect(cardNameProblem(petname, PETNAME_MAX)).toBeUndefined();
  });
});

test('removing forgets nobody else', () => {
  expect(petnames(removeContact(withPeople('Bob', 'Ada'), cardOf('Bob').person))).toEqual(['Ada']);
});

test('nothing is changed in the value that was there', () => {
  const before = withPeople('Bob');
  const copy = new Map(before);
  const { person } = cardOf('Bob');
  for (const change of [confirmContact, blockContact, unblockContact, removeContact]) change(before, person);
  renameContact(before, person, 'Rob');
  expect(before).toEqual(copy);
});

test.each([confirmContact, blockContact, unblockContact, removeContact])('%o needs a contact', (change) => {
  const person = 'ab'.repeat(32) as PersonId;
  expect(() => change(withPeople('Bob'), person)).toThrow(
    expect.objectContaining({ code: 'not-found', hint: expect.stringContaining('satchel contact list') }),
  );
});
