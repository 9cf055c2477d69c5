import { describe, expect, it } from 'vitest';
import { nearLabel } from '../../../../../src/topic/near-label.js';
import { normalLabel, rendezvousTopic } from '../../../../../src/topic/rendezvous.js';
import { newTopic, resolveTopic } from '../../../../../src/topic/topics.js';

describe('a name that is typed', () => {
  const joined = ['garden', 'logs-1', 'ab', 'Jörg'].map((label) => ({ label }));

  it.each([
    ['Garden', 'garden'],
    ['gar den', 'garden'],
    ['gardne', 'garden'],
    ['gardens', 'garden'],
    ['orchard', undefined],
    ['logs-2', undefined],
    ['log-1', 'logs-1'],
    ['ac', undefined],
    ['JO\u0308RG', 'Jörg'],
  ])('%s is close to %s', (name, expected) => {
    expect(nearLabel(name, joined)).toBe(expected);
  });

  it('means the topic of that label in whatever form, and else begins one by its normal form', () => {
    const id = rendezvousTopic('Jo\u0308rg');
    const known = { ...newTopic(id, 'Jo\u0308rg', 'rendezvous'), joined: true };
    const none = { current: undefined, topics: [], carryAll: false };
    expect(resolveTopic({ ...none, topics: [known] }, ' J\u00f6rg ')).toEqual(known);
    expect(resolveTopic(none, ' Jo\u0308rg\t')).toMatchObject({
      topic: rendezvousTopic('J\u00f6rg'),
      label: 'J\u00f6rg',
    });
    expect(normalLabel(' a  b ')).toBe('a  b');
  });
});
