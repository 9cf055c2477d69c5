// What the helper for mailboxes makes of URLs, files, mails and failures, without a server.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../helpers/answer.js';
import { failureOf } from '../../helpers/imap/failure.js';
import { BodyDecoder, encodeMail, parseListed } from '../../helpers/imap/mail.js';
import { parsePlace } from '../../helpers/imap/place.js';
import { SatchelError } from '../../src/format/error.js';

const NAME = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,40}(\/[A-Za-z0-9][A-Za-z0-9._-]{0,40})?$/);
const BYTES = fc.uint8Array({ maxLength: 1_000 }).map((bytes) => Buffer.from(bytes));

function split(mail: Buffer): { readonly head: Buffer; readonly body: Buffer } {
  const end = mail.indexOf('\r\n\r\n');
  return { head: mail.subarray(0, end), body: mail.subarray(end + 4) };
}

/** The bytes in a body that comes in pieces of this size. */
function decoded(body: Buffer, piece: number): Buffer {
  const decoder = new BodyDecoder();
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; at += piece) pieces.push(decoder.add(body.subarray(at, at + piece)));
  return Buffer.concat(pieces);
}

describe('a mail', () => {
  it('brings back name, size and bytes of its file, however it comes', () => {
    fc.assert(
      fc.property(NAME, BYTES, fc.integer({ min: 1, max: 200 }), (name, bytes, piece) => {
        const { head, body } = split(encodeMail(name, bytes));
        expect(parseListed(head)).toEqual({ name, size: bytes.length });
        expect(decoded(body, piece)).toEqual(bytes);
      }),
    );
  });

  it('has lines that any server takes, and no other bytes than theirs', () => {
    const mail = encodeMail('a.satchel', Buffer.alloc(600_000, 7)).toString('latin1');
    expect(mail.replaceAll(/[ -~]{1,76}\r\n/g, '').replaceAll('\r\n', '')).toBe('');
  });

  it.each([
    'Subject: a.satchel',
    'Satchel-Size: 3',
    'Subject: hello you\r\nSatchel-Size: 3',
    'Subject: ../a\r\nSatchel-Size: 3',
    'Subject: a.satchel\r\nSatchel-Size: many',
    `Subject: ${'a'.repeat(101)}\r\nSatchel-Size: 3`,
  ])('that says %j is none of ours', (head) => {
    expect(parseListed(Buffer.from(`${head}\r\n\r\n`))).toBeUndefined();
  });
});

describe('a URL of a mailbox', () => {
  it('means TLS, unless it says otherwise of this computer', () => {
    const place = { login: undefined, folder: ['relay'], isPlain: false };
    expect(parsePlace('imap://mail.example/relay')).toEqual({ ...place, host: 'mail.example', port: 993 });
    expect(parsePlace('imap://mail.example:1993/relay')).toMatchObject({ port: 1993, isPlain: false });
    for (const host of ['localhost', '127.0.0.1', '[::1]'])
      expect(parsePlace(`imap://${host}/relay?plain`)).toMatchObject({ port: 143, isPlain: true });
  });

  it('names who opens it, and a folder in folders', () => {
    expect(parsePlace('imap://ana%40example.org@mail.example/Projects/a%20relay/')).toMatchObject({
      login: 'ana@example.org',
      folder: ['Projects', 'a relay'],
    });
  });

  it.each([
    'imap://mail.example',
    'imap://mail.example/',
    'imap:relay',
    'imap:///relay',
    'imap://ana:secret@mail.example/relay',
    'imap://mail.example/relay?plain',
    'imap://localhost.example/relay?plain',
    'imap://localhost/relay?tls=off',
    'imap://mail.example/relay#x',
    'imap://mail.example/100%',
    'imaps://mail.example/relay',
  ])('is not %s', (url) => {
    expect(() => parsePlace(url)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('a failure', () => {
  it.each([
    [new SatchelError('denied', 'others may read it'), EXIT.denied],
    [new SatchelError('usage', 'no URL'), EXIT.usage],
    [{ message: 'Command failed', authenticationFailed: true, response: 'bad password' }, EXIT.denied],
    [{ message: 'x', authenticationFailed: true, serverResponseCode: 'UNAVAILABLE' }, EXIT.unreachable],
    [{ message: 'x', responseStatus: 'NO', serverResponseCode: 'OVERQUOTA' }, EXIT.full],
    [{ message: 'x', serverResponseCode: 'APPENDLIMIT' }, EXIT.full],
    [{ message: 'x', serverResponseCode: 'NOPERM' }, EXIT.denied],
    [{ message: 'x', serverResponseCode: 'INUSE' }, EXIT.unreachable],
    [{ message: 'x', responseStatus: 'BAD' }, EXIT.broken],
    [{ message: 'x', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, EXIT.broken],
    [{ message: 'x', code: 'LiteralTooLarge' }, EXIT.broken],
    ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'NoConnection', 'EConnectionClosed'].map(
      (code) => [{ message: 'x', code }, EXIT.unreachable] as const,
    ),
  ] as const)('%j ends with %i', (error, status) => {
    expect(failureOf(error).status).toBe(status);
  });
});
