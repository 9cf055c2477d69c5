import { describe, expect, it } from 'vitest';
import { parseCards } from '../../../src/identity/card-text.js';
import { addCard, lookalikeOf, renameContact } from '../../../src/identity/contact-changes.js';
import { nameSkeleton } from '../../../src/identity/name-skeleton.js';
import { Replica } from '../../testkit/replica.js';
import { scratchDirectory } from '../../testkit/scratch.js';

describe('nameSkeleton', () => {
  it.each([
    ['Bob', 'ВоЬ'],
    ['Bob', 'B0b'],
    ['Bob', 'Ｂｏｂ'],
    ['Bob', 'B o\u0323b'],
    ['Bill', 'BiII'],
    ['Norman', 'Norrnan'],
    ['Maria', 'Μαrıa'],
    ['René', 'Rene'],
  ])('takes %s and %s for alike', (one, other) => {
    expect(nameSkeleton(one)).toBe(nameSkeleton(other));
  });

  it.each([
    ['Bob', 'Rob'],
    ['Ana', 'Anna'],
    ['李', '季'],
  ])('tells %s from %s', (one, other) => {
    expect(nameSkeleton(one)).not.toBe(nameSkeleton(other));
  });
});

describe('petnames', () => {
  async function contactsOf(...names: string[]): Promise<ReturnType<typeof addCard>[]> {
    const directory = scratchDirectory();
    let contacts: ReturnType<typeof addCard>['contacts'] = new Map();
    const added: ReturnType<typeof addCard>[] = [];
    for (const name of names) {
      const [card] = parseCards(Buffer.from((await Replica.create(name, directory)).card));
      if (!card) throw new Error('no card');
      const one = addCard(contacts, card, { now: 0 });
      contacts = one.contacts;
      added.push(one);
    }
    return added;
  }

  it('that look like another are noticed', async () => {
    const [bob, other, rob] = await contactsOf('Bob', 'Воb', 'Rob');
    expect(other && lookalikeOf(other.contacts, other.contact)?.person).toBe(bob?.contact.person);
    expect(rob && lookalikeOf(rob.contacts, rob.contact)).toBeUndefined();
  });

  it('never begin with the mark of strangers', async () => {
    const added = await contactsOf('~Ana', '～∼ Bob', '~', 'Eve', '\u02dcIda', '\u0301~Joe');
    expect(added.map(({ contact }) => contact.petname)).toEqual(['Ana', 'Bob', 'unnamed', 'Eve', 'Ida', 'Joe']);
    const last = added.at(-1);
    if (!last) throw new Error('nobody');
    for (const name of ['~Eve', '～Eve', '\u02dcEve', '\u0301~Eve']) {
      expect(() => renameContact(last.contacts, last.contact.person, name)).toThrow('does not begin with "~"');
    }
  });
});
