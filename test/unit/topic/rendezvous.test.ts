import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isLabel, rendezvousTopic } from '../../../src/topic/rendezvous.js';

describe('a rendezvous', () => {
  it('is the hash of the exact name', () => {
    const expected = createHash('sha256')
      .update(Buffer.concat([Buffer.from([4]), Buffer.from('café')]))
      .digest('hex');
    expect(rendezvousTopic('café')).toBe(expected);
    expect(rendezvousTopic('café'.normalize('NFD'))).not.toBe(expected);
    expect(rendezvousTopic('Café')).not.toBe(expected);
    expect(rendezvousTopic('café ')).not.toBe(expected);
  });

  it('refuses what can be no label', () => {
    const refused = [
      '',
      'x'.repeat(65),
      'ä'.repeat(33),
      'a\nb',
      'a\x7fb',
      'a\x9bb',
      'a\u202eb',
      'a\u2066b',
      'a\u061cb',
      'a\u2028b',
      '\ud800',
    ];
    for (const name of refused) {
      expect(isLabel(name)).toBe(false);
      expect(() => rendezvousTopic(name)).toThrow(expect.objectContaining({ code: 'usage' }));
    }
  });

  it('takes any other text of up to 64 bytes', () => {
    for (const name of ['x'.repeat(64), 'ä'.repeat(32), 'north gate', 'كتاب', '👩‍👩‍👧'])
      expect(isLabel(name)).toBe(true);
  });
});
