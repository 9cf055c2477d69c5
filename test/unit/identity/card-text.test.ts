// Cards as text, and what mail, chat and terminals make of them.
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { CARDS_MAX } from '../../../src/format/limits.js';
import { CARD_PREFIX, formatCard, parseCards } from '../../../src/identity/card-text.js';
import { cardText, card as wireCard, wirePerson } from '../../testkit/wire-card.js';

const ADA = cardText(wireCard(wirePerson('Ada')));
const BOB = cardText(wireCard(wirePerson('Bob'), { name: 'Bob the longest of 32 bytes name' }));
const LAST = ADA.at(-1) as string;

function names(text: string | Buffer): string[] {
  return parseCards(Buffer.from(text as string)).map(({ name }) => name);
}

function wrapped(text: string, width: number, separator: string): string {
  return (text.match(new RegExp(`.{1,${width}}`, 'g')) as string[]).join(separator);
}

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

describe('a card is found', () => {
  test.each<[string, string | Buffer]>([
    ['alone', ADA],
    ['on a line', `${ADA}\n`],
    ['on a line of Windows', `${ADA}\r\n`],
    ['amid prose', `Hello, this is me:\n\n  ${ADA}\n\nSee you, Ada\n`],
    ['in a sentence', `My card is "${ADA}", please add it.`],
    ['with prose right behind', `${ADA} and so on`],
    ['with letters right behind', `${ADA}and-so-on`],
    ['quoted', `On Monday Ada wrote:\n> ${ADA}\n> bye\n`],
    ['quoted twice, wrapped', `>> ${wrapped(ADA, 60, '\n>> ')}\n>> bye\n`],
    ['quoted and wrapped with CRLF', `> ${wrapped(ADA, 72, '\r\n> ')}\r\n`],
    ['wrapped', wrapped(ADA, 76, '\n')],
    ['wrapped after the prefix', `${CARD_PREFIX}\n${ADA.slice(CARD_PREFIX.length)}`],
    ['wrapped every ten letters, indented', wrapped(ADA, 10, '\n\t    ')],
    ['wrapped as quoted-printable', wrapped(ADA, 75, '=\r\n')],
    ['with zero-width spaces', wrapped(ADA, 20, '\u200b')],
    ['with a UTF-8 mark', `\ufeff${ADA}`],
    ['in UTF-16, little-endian', Buffer.from(`\ufeff${ADA}\r\n`, 'utf16le')],
    ['in UTF-16, big-endian', utf16be(`\ufeff${ADA}\r\n`)],
    ['in UTF-16 with a byte too many', Buffer.concat([utf16be(`\ufeff${ADA}\r\n`), Buffer.of(0)])],
    ['beside a mention', `The line with "satchel1:" is my card; "satchel1: ..." is not.\n${ADA}\n`],
    ['twice', `${ADA}\n> ${ADA}\n`],
    ['after bytes that are no text', Buffer.concat([Buffer.of(0xff, 0x00, 0x80), Buffer.from(ADA)])],
  ])('%s', (_what, text) => {
    expect(names(text)).toEqual(['Ada']);
  });

  test('among others, in order', () => {
    const text = `Bob:\n${BOB}\nAda:\n${ADA}\n${BOB}`;
    expect(names(text)).toEqual(['Bob the longest of 32 bytes name', 'Ada']);
    expect(names(`${ADA}${BOB}`)).toEqual(['Ada', 'Bob the longest of 32 bytes name']);
  });

  test('and formats as it was', () => {
    expect(parseCards(Buffer.from(`${ADA}\n${BOB}`)).map(formatCard)).toEqual([ADA, BOB]);
  });

  test('wherever its lines were broken', () => {
    const mark = fc.constantFrom('\n', '\r\n', '\n> ', '\n>> ', '=\n', '\n  ', ' ');
    const breaks = fc.array(fc.tuple(fc.integer({ min: CARD_PREFIX.length + 1, max: ADA.length }), mark), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(breaks, (places) => {
        const text = places.toSorted(([a], [b]) => b - a).reduce(insert, ADA);
        expect(names(`hello ${text} bye`)).toEqual(['Ada']);
      }),
    );
  });
});

describe('no card is found', () => {
  test.each([
    ['nothing', ''],
    ['prose', 'Hello, this is me'],
    ['a mention', 'paste the line that begins with satchel1: here'],
    ['another prefix', ADA.replace('satchel1', 'satchel7')],
    ['UTF-16 that ends at once', Buffer.of(0xff, 0xfe).toString('latin1')],
  ])('in %s', (_what, text) => {
    expect(() => names(text)).toThrow(expect.objectContaining({ code: 'bad-card', message: 'no card found' }));
  });
});

describe('a damaged card is refused', () => {
  test.each([
    ['cut in the middle', ADA.slice(0, 150)],
    ['cut before its name', ADA.slice(0, 60)],
    ['cut to one letter', ADA.slice(0, CARD_PREFIX.length + 1)],
    ['without its last letter', ADA.slice(0, -1)],
    ['without its last letter, in prose', `${ADA.slice(0, -1)}. Bye, Ada`],
    ['cut and followed by another', `${ADA.slice(0, 200)}\n${BOB}`],
    ['behind a whole one', `${BOB}\n${ADA.slice(0, 200)}`],
    ['with a letter more', `${ADA.slice(0, 100)}A${ADA.slice(100)}`],
    ['with a letter less', `${ADA.slice(0, 100)}${ADA.slice(101)}`],
    ['with two letters swapped', `${ADA.slice(0, 20)}${ADA[21]}${ADA[20]}${ADA.slice(22)}`],
    ['with a letter that is none', `${ADA.slice(0, 100)}!${ADA.slice(101)}`],
    ['with the bits to spare set', `${ADA.slice(0, -1)}${String.fromCharCode(LAST.charCodeAt(0) + 1)}`],
  ])('when %s', (_what, text) => {
    const message = expect.stringContaining('a card is cut off or mistyped: ');
    expect(() => names(text)).toThrow(expect.objectContaining({ code: 'bad-card', message }));
  });

  test('with any letter mistyped', () => {
    for (let at = CARD_PREFIX.length; at < ADA.length; at++) {
      const other = ADA[at] === 'A' ? 'B' : 'A';
      expect(() => names(`${ADA.slice(0, at)}${other}${ADA.slice(at + 1)}`), `letter ${at}`).toThrow('mistyped');
    }
  });

  test('cut anywhere', () => {
    for (let end = CARD_PREFIX.length + 1; end < ADA.length; end++) {
      expect(() => names(ADA.slice(0, end)), `at ${end}`).toThrow('cut off');
    }
  });
});

test('a text of nothing but beginnings costs no more than it is long', () => {
  const text = `${CARD_PREFIX} `.repeat(1_000);
  const tested = vi.spyOn(RegExp.prototype, 'test');
  expect(() => parseCards(Buffer.from(text))).toThrow('no card found');
  const characters = tested.mock.calls.reduce((sum, [region]) => sum + region.length, 0);
  const times = tested.mock.calls.length;
  tested.mockRestore();
  expect(times).toBe(1_000);
  // work, not seconds: no character is looked at twice
  expect(characters).toBeLessThanOrEqual(text.length);
});

function insert(text: string, [at, mark]: [number, string]): string {
  return text.slice(0, at) + mark + text.slice(at);
}

test('as many cards are taken from one text as are allowed, each counted once, and none when there is one more', () => {
  const cards = Array.from({ length: CARDS_MAX + 1 }, (_, i) => cardText(wireCard(wirePerson(`M${i}`))));
  const most = cards.slice(1).join('\n');
  expect(names(`${most}\n${most}`)).toHaveLength(CARDS_MAX);
  expect(() => parseCards(Buffer.from(cards.join('\n')))).toThrow(`more than ${CARDS_MAX} cards`);
});
