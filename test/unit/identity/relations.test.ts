// Who somebody is: the first that fits, and nothing else tells.
import { describe, expect, test } from 'vitest';
import type { PersonId, TopicId } from '../../../src/format/ids.js';
import { addCard, blockCard, blockContact, unblockContact } from '../../../src/identity/contact-changes.js';
import type { Contacts } from '../../../src/identity/contacts.js';
import {
  acceptedContact,
  contactsOf,
  type Decided,
  decidedOwner,
  decidedRelation,
  devicesOf,
  isKnown,
  type Met,
  relationTo,
} from '../../../src/identity/relations.js';
import { cardOf } from '../../testkit/cards.js';

const NOW = { now: 1_000 };
const ME = cardOf('Me');
const FRIEND = cardOf('Friend');
const FOE = cardOf('Foe');
const FORMER = cardOf('Former');
const OTHER = cardOf('Other');
const TOPIC = 'aa'.repeat(32) as TopicId;

const FRIENDS = [FRIEND, FORMER].reduce((some: Contacts, card) => addCard(some, card, NOW).contacts, new Map());
const around: Decided = { self: ME, contacts: blockContact(blockCard(FRIENDS, FOE, NOW), FORMER.person) };

/** Everybody writes in a joined topic, was only met, or is not heard of. */
const ALONG: Met = { joinedTopicsOf: () => [TOPIC], isMet: () => true };
const MET: Met = { joinedTopicsOf: () => [], isMet: () => true };
const NEVER: Met = { joinedTopicsOf: () => [], isMet: () => false };

describe('who somebody is', () => {
  test.each([ALONG, MET, NEVER])('is what the user decided, whatever is held', (met) => {
    expect(relationTo(around, met, ME.person)).toBe('self');
    expect(relationTo(around, met, FRIEND.person)).toBe('contact');
    expect(relationTo(around, met, FOE.person)).toBe('blocked');
    expect(relationTo(around, met, FORMER.person)).toBe('blocked');
    expect(relationTo(around, met, undefined)).toBe('unknown');
  });

  test('is else told by where it writes, and whether it was met', () => {
    expect(relationTo(around, ALONG, OTHER.person)).toBe('member');
    expect(relationTo(around, MET, OTHER.person)).toBe('stranger');
    expect(relationTo(around, NEVER, OTHER.person)).toBe('unknown');
    expect(decidedRelation(around, OTHER.person)).toBeUndefined();
  });

  test('changes with the decision: a stranger that was only blocked is nobody after that, a contact is one again', () => {
    const contacts = [FOE, FORMER].reduce(
      (left: Contacts, { person }) => unblockContact(left, person),
      around.contacts,
    );
    expect(decidedRelation({ ...around, contacts }, FOE.person)).toBeUndefined();
    expect(decidedRelation({ ...around, contacts }, FORMER.person)).toBe('contact');
  });
});

describe('of those who were decided about', () => {
  test('ourselves and contacts are known', () => {
    const known = [ME, FRIEND, FOE, FORMER, OTHER].filter(({ person }) => isKnown(around, person));
    expect(known).toEqual([ME, FRIEND]);
    expect(isKnown(around, undefined)).toBe(false);
    expect(contactsOf(around).map(({ person }) => person)).toEqual([FRIEND.person]);
  });

  test('those who were accepted go by a petname, also when they are blocked', () => {
    const names = [ME, FRIEND, FOE, FORMER, OTHER].map(({ person }) => acceptedContact(around, person)?.petname);
    expect(names).toEqual([undefined, 'Friend', undefined, 'Former', undefined]);
  });

  test('each is found by its device, and has that one', () => {
    for (const { person, device } of [ME, FRIEND, FOE, FORMER]) {
      expect(devicesOf(around, person)).toEqual([device]);
      expect(decidedOwner(around, device)).toBe(person);
    }
    expect(devicesOf(around, OTHER.person as PersonId)).toEqual([]);
    expect(decidedOwner(around, OTHER.device)).toBeUndefined();
    expect(decidedOwner(around, undefined)).toBeUndefined();
  });
});
