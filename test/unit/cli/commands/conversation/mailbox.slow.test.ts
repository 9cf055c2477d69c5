import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { MAIL_BYTES_MAX, Mailbox, type RawMail } from '../../../../../src/cli/commands/conversation/mailbox.js';

const SEPARATOR = 'From ana@example.org Mon Mar  3 10:00:00 2025';

function split(bytes: Buffer, cuts: readonly number[] = []): RawMail[] {
  const mailbox = new Mailbox();
  const mails: RawMail[] = [];
  let from = 0;
  for (const at of [...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b)) {
    mails.push(...mailbox.push(bytes.subarray(from, at)));
    from = at;
  }
  mails.push(...mailbox.push(bytes.subarray(from)));
  return [...mails, ...mailbox.end()];
}

function texts(text: string): (string | undefined)[] {
  return split(Buffer.from(text)).map(({ bytes }) => bytes?.toString());
}

describe('a mailbox', () => {
  it('is taken apart where an empty line and a separator stand', () => {
    expect(texts(`${SEPARATOR}\nA: 1\n\none\n\n${SEPARATOR}\nA: 2\n\ntwo\n`)).toEqual([
      'A: 1\n\none\n\n',
      'A: 2\n\ntwo\n',
    ]);
    expect(texts(`${SEPARATOR}\r\nA: 1\r\n\r\none\r\n\r\n${SEPARATOR}\r\nA: 2\r\n\r\n`)).toHaveLength(2);
    expect(texts(`${SEPARATOR}\nA: 1\n\nFrom now on, and\n\nFrom then on\nit is so\n`)).toHaveLength(1);
    expect(texts(`${SEPARATOR}\nA: 1\n\nnone behind a line\n${SEPARATOR}\n`)).toHaveLength(1);
  });

  it('gives quoted lines back as they were, but not of a mail that is a file of its own', () => {
    expect(texts(`${SEPARATOR}\nA: 1\n\n>From x\n>>From y\n> From z\n`)).toEqual([
      'A: 1\n\nFrom x\n>From y\n> From z\n',
    ]);
    expect(texts('Subject: one\n\n>From x\n')).toEqual(['Subject: one\n\n>From x\n']);
  });

  it('is one mail to its end where no separator stands at its start', () => {
    const mail = `Subject: one\n\nforwarded:\n\n${SEPARATOR}\nA: 2\n\ntwo\n`;
    expect(texts(mail)).toEqual([mail]);
  });

  it('is nothing when empty, and refused when it is something else', () => {
    expect(texts('')).toEqual([]);
    expect(() => texts('%PDF-1.7\n')).toThrow('this is no mailbox');
    expect(() => texts('\0\0\0')).toThrow('this is no mailbox');
  });

  it('passes over a mail that is too long, and goes on behind it', () => {
    const long = Buffer.alloc(MAIL_BYTES_MAX + 5_000_000, 'x\n');
    const mailbox = new Mailbox();
    const found: RawMail[] = mailbox.push(Buffer.from(`${SEPARATOR}\nA: 1\n\n`));
    for (let at = 0; at < long.length; at += 8_000_000) found.push(...mailbox.push(long.subarray(at, at + 8_000_000)));
    found.push(...mailbox.push(Buffer.from(`\n\n${SEPARATOR}\nA: 2\n\n`)), ...mailbox.end());
    expect(found.map(({ number, bytes }) => [number, bytes?.toString()])).toEqual([
      [1, undefined],
      [2, 'A: 2\n\n'],
    ]);
  });

  it('moves each byte of a long mail a few times, however small its pieces', () => {
    const concat = vi.spyOn(Buffer, 'concat');
    const copy = vi.spyOn(Buffer.prototype, 'copy');
    onTestFinished(() => void vi.restoreAllMocks());
    const mail = Buffer.alloc(1_048_576, 'A: text\n');
    const pieces = Array.from({ length: 256 }, (_, i) => i * 4_096);
    expect(split(mail, pieces)).toHaveLength(1);
    const moved = [
      ...concat.mock.results.map(({ value }) => (value as Buffer).length),
      ...copy.mock.results.map(({ value }) => value as number),
    ].reduce((sum, bytes) => sum + bytes, 0);
    expect(moved).toBeGreaterThanOrEqual(mail.length);
    expect(moved).toBeLessThanOrEqual(3 * mail.length);
  });

  it('is the same in whatever pieces it comes', () => {
    const line = fc.constantFrom(
      'From here',
      SEPARATOR,
      `>${SEPARATOR}`,
      '',
      '',
      'text',
      'A: 1',
      'From \r',
      'Fro',
      '\r',
    );
    const body = fc.array(line, { maxLength: 30 }).map((lines) => `A: 0\n\n${lines.join('\n')}`);
    fc.assert(
      fc.property(body, fc.array(fc.nat(), { maxLength: 12 }), (single, cuts) => {
        expect(split(Buffer.from(single), cuts).map(({ bytes }) => bytes?.toString())).toEqual([single]);
        const text = `${SEPARATOR}\n${single}`;
        const bytes = Buffer.from(text);
        expect(split(bytes, cuts)).toEqual(split(bytes));
        // nothing is lost but separators and quotes
        const size = split(bytes).reduce((sum, mail) => sum + (mail.bytes?.length ?? 0) + mail.separator.length, 0);
        expect(size).toBeLessThanOrEqual(bytes.length);
        expect(split(bytes)).toHaveLength(naive(text));
      }),
      { numRuns: 500 },
    );
  });
});

/** Separators by a look at whole lines. */
function naive(text: string): number {
  const lines = text.split('\n');
  const isEmpty = (line: string | undefined): boolean => line === '' || line === '\r';
  return lines.filter((line, at) => /^From .*\d\d:\d\d/.test(line) && (at === 0 || isEmpty(lines[at - 1]))).length;
}
