// Bundles as text: whatever chats and mails do to lines, the same bytes come out, or it is said that they do not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeArmor, encodeArmor, hasArmor } from '../../../src/format/armor.js';
import { trying } from '../../testkit/effort.js';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 700 }).map((array) => Buffer.from(array));
const isSealed = fc.boolean();

/** What mail programs, forums and Windows do to a text. */
const mangled = fc.record({
  quote: fc.constantFrom('', '> ', '>> ', '> > ', ' | ', '\t'),
  ending: fc.constantFrom('\n', '\r\n', '\r', ' \n', '  \r\n'),
  width: fc.constantFrom(0, 20, 40, 76),
  before: fc.constantFrom('', 'Hello Ben,\n\nhere it is:\n', '-----BEGIN PGP SIGNATURE-----\nnot this\n'),
  behind: fc.constantFrom('', '\n-- \nAna\n', 'Best wishes'),
});

function mangle(
  text: string,
  how: { quote: string; ending: string; width: number; before: string; behind: string },
): string {
  const lines = text.trimEnd().split('\n');
  const body = lines.slice(1, -1).join('');
  const wrapped = how.width === 0 ? lines.slice(1, -1) : (body.match(new RegExp(`.{1,${how.width}}`, 'g')) ?? []);
  const all = [...how.before.split('\n'), lines[0], '', ...wrapped, lines.at(-1), ...how.behind.split('\n')];
  return all.map((line) => `${how.quote}${line}`).join(how.ending);
}

describe('a bundle as text', () => {
  it('comes out as it went in, quoted, wrapped anew, and among other text', () => {
    fc.assert(
      fc.property(bytes, isSealed, mangled, (data, sealed, how) => {
        const text = mangle(encodeArmor(data, { isSealed: sealed }), how);
        expect(decodeArmor(text)).toEqual([data]);
      }),
      trying(300),
    );
  });

  it('is found as often as it is there', () => {
    const text = [Buffer.from('one'), Buffer.from('two')].map((data, i) => encodeArmor(data, { isSealed: i === 1 }));
    expect(decodeArmor(text.join('and\n')).map(String)).toEqual(['one', 'two']);
    expect([hasArmor('nothing here'), hasArmor(text[1] ?? '')]).toEqual([false, true]);
    expect(text[1]).toBe('-----BEGIN AGE ENCRYPTED FILE-----\ndHdv\n-----END AGE ENCRYPTED FILE-----\n');
  });

  it('is refused when a character of it is missing or was put between, and when it has no end', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.constantFrom('', '*', '=', 'é'), (data, at, instead) => {
        const [first = '', ...rest] = encodeArmor(data, { isSealed: false }).trimEnd().split('\n');
        const last = rest.pop() ?? '';
        const body = rest.join('\n').replace(/=+$/, '');
        const places = [...body].flatMap((one, i) => (one === '\n' ? [] : i));
        const place = places[at % places.length] ?? 0;
        const broken = `${first}\n${body.slice(0, place)}${instead}${body.slice(place + 1)}\n${last}\n`;
        expect(() => decodeArmor(broken)).toThrow(expect.objectContaining({ code: 'bad-bundle' }));
        expect(() => decodeArmor(`${first}\n${body}\n`)).toThrow('has no end');
      }),
      trying(200),
    );
  });
});
