// Finding the contact that was meant.
import { describe, expect, test } from 'vitest';
import type { DeviceKey, PersonId } from '../../../src/format/ids.js';
import { findContact } from '../../../src/identity/contact-lookup.js';
import type { Contact, Contacts } from '../../../src/identity/contacts.js';

const contacts = people(['Bob', 'abcd1'], ['Ada', 'abcd2'], ['Zo\u00eb', 'ffff0'], ['f00d', '12345'], ['Eve', 'f00d0']);

function people(...list: [petname: string, digits: string][]): Contacts {
  return new Map(list.map(([petname, digits]) => [idOf(digits), contact(petname, idOf(digits))]));
}

function idOf(digits: string): PersonId {
  return digits.padEnd(64, '0') as PersonId;
}

function contact(petname: string, person: PersonId): Contact {
  const flags = { accepted: true, confirmed: false, blocked: false };
  return { person, petname, device: 'd'.repeat(64) as DeviceKey, card: '', serial: 1, added: 0, ...flags };
}

test.each([
  ['Bob', 'Bob'],
  ['bOB', 'Bob'],
  [' Bob ', 'Bob'],
  ['ZOE\u0308', 'Zo\u00eb'],
  ['abcd1', 'Bob'],
  ['ABCD2', 'Ada'],
  ['ffff', 'Zo\u00eb'],
  ['f00d00', 'Eve'],
  [idOf('abcd2'), 'Ada'],
  [idOf('f00d0').toUpperCase(), 'Eve'],
])('%s is %s', (wanted, petname) => {
  expect(findContact(contacts, wanted).petname).toBe(petname);
});

test.each(['Mallory', '', 'abc', 'abcd3', 'ffff0001', 'Bo', `${idOf('abcd1')}0`])('"%s" is nobody', (wanted) => {
  expect(() => findContact(contacts, wanted)).toThrow(
    expect.objectContaining({ code: 'not-found', hint: 'run "satchel contact list"' }),
  );
});

describe('ambiguous is', () => {
  test('the beginning of two ids', () => {
    const message = '"abcd" could be Bob (abcd100000), Ada (abcd200000)';
    expect(() => findContact(contacts, 'abcd')).toThrow(expect.objectContaining({ code: 'ambiguous', message }));
  });

  test('a petname that is also the beginning of somebody else\u2019s id', () => {
    const message = '"f00d" could be f00d (1234500000), Eve (f00d000000)';
    expect(() => findContact(contacts, 'f00d')).toThrow(expect.objectContaining({ code: 'ambiguous', message }));
  });

  test('not a petname that is the beginning of its own id', () => {
    expect(findContact(people(['abcd', 'abcd1']), 'abcd').petname).toBe('abcd');
  });

  test('never a whole id, whatever anybody is called', () => {
    const eve = people(['Bob', 'abcd1'], [idOf('abcd1'), 'eeee']);
    expect(findContact(eve, idOf('abcd1')).petname).toBe('Bob');
  });
});
