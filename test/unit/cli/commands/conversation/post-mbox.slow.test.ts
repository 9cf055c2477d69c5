// Mails of a mailbox as messages, each once.
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EndedHere, runFor } from '../../../../testkit/command.js';
import { documents } from '../../../../testkit/documents.js';
import { Replica } from '../../../../testkit/replica.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

let ana: Replica;
let parent: string;

beforeEach(async () => {
  parent = scratchDirectory();
  ana = await Replica.create('ana', parent, Date.UTC(2026, 0, 1));
});

function run(...argv: readonly string[]): Promise<EndedHere> {
  return runFor(ana, argv);
}

interface Told {
  readonly id: string;
  readonly text: string | null;
  readonly time: number;
  readonly reply: string | null;
  readonly known?: boolean;
  readonly attachments: readonly { readonly name: string; readonly mediaType: string; readonly size: number }[];
}

async function read(topic: string): Promise<Told[]> {
  return documents((await run('read', '-t', topic)).stdout);
}

function mailbox(...mails: readonly string[]): string {
  const file = path.join(parent, 'box.mbox');
  fs.writeFileSync(file, mails.map((mail) => `From x@y Mon Mar  3 10:00:00 2025\n${mail}\n\n`).join(''));
  return file;
}

const FIRST = `From: =?iso-8859-1?Q?J=F6rg?= <Joerg@Example.org>
Subject: Re: Bohnen
Date: Mon, 03 Mar 2025 11:00:00 +0100
Message-ID: <1@x>
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Sch=F6n!`;
const SECOND = `From: Ana <ANA@example.org>
Subject: The plan
Message-ID: <2@x>
In-Reply-To: <1@x>
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain

See here.
--b
Content-Type: application/pdf; name="plan.pdf"
Content-Disposition: attachment
Content-Transfer-Encoding: base64

UERG
--b--`;

describe('post --mbox', () => {
  it('posts each mail once, with who wrote it and when', async () => {
    const box = mailbox(FIRST, SECOND);
    const posting = ['post', '-t', 'bohnen', '--mbox', box, '--me', 'ana@EXAMPLE.org'];
    const posted = documents<Told>((await run(...posting)).stdout);
    expect(posted).toMatchObject([{ key: '1@x' }, { key: '2@x' }]);
    const [first, second, ...more] = await read('bohnen');
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      text: 'From: Jörg <Joerg@Example.org>\n\nSchön!',
      time: Date.UTC(2025, 2, 3, 10),
      reply: null,
    });
    expect(second).toMatchObject({
      text: 'Subject: The plan\n\nSee here.',
      time: Date.UTC(2025, 2, 3, 10),
      reply: first?.id,
      attachments: [{ name: 'plan.pdf', mediaType: 'application/pdf', size: 3 }],
    });
    const again = await run('post', '-t', 'bohnen', '--mbox', box);
    expect([again.exit, documents<Told>(again.stdout).map(({ id, known }) => [id, known])]).toEqual([
      0,
      [first, second].map((one) => [one?.id, true]),
    ]);
    expect(await read('bohnen')).toHaveLength(2);
  });

  it('leaves nothing of a mail out, however much it brings', async () => {
    const files = Array.from({ length: 11 }, (_, i) => `--b\nContent-Disposition: attachment; filename=f${i}\n\n${i}`);
    const many = `Message-ID: <many@x>\nContent-Type: multipart/mixed; boundary=b\n\n${files.join('\n')}\n--b--`;
    const long = `From: a@b\nMessage-ID: <${'k'.repeat(300)}@x>\n\n${'é'.repeat(50_000)}`;
    const html = 'From: a@b\nContent-Type: text/html\n\n<p>Only <b>so</b></p>';
    await run('post', '-t', 't', '--mbox', mailbox(many, long, html));
    const told = await read('t');
    expect(told.map(({ attachments }) => attachments.map(({ name }) => name))).toEqual([
      ['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7'],
      ['f8', 'f9', 'f10'],
      ['mail.txt'],
      ['mail.html'],
    ]);
    expect(told[1]?.reply).toBe(told[0]?.id);
    expect(told[2]?.text).toMatch(/é\n… \(all of it in mail\.txt\)$/);
    expect(told[2]?.attachments[0]?.size).toBe(100_000 + Buffer.byteLength('From: a@b\n\n'));
  });

  it('takes HTML beside text as a file only where it says something else', async () => {
    const part = (type: string, body: string): string => `--b\nContent-Type: text/${type}\n\n${body}`;
    const mail = (kind: string, name: string): string =>
      `Message-ID: <${name}>\nContent-Type: multipart/${kind}; boundary=b\n\n${part('plain', 'so')}\n${part('html', '<p>so')}\n--b--`;
    await run('post', '-t', 't', '--mbox', mailbox(mail('alternative', 'a'), mail('mixed', 'm')));
    const told = await read('t');
    expect(
      told.map(({ text, attachments }) => [text?.split('\n').at(-1), attachments.map(({ name }) => name)]),
    ).toEqual([
      ['so', []],
      ['so', ['mail.html']],
    ]);
  });

  it('is not kept long by mails made to hurt', async () => {
    const parts = `Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(100_000)}`;
    const links = `Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n${'<a href="'.repeat(200_000)}\n--b\n\nx\n--b--`;
    const words = `Subject: ${'=?utf-8?B?4pyT?= '.repeat(100_000)}\n\nx`;
    const { exit, stderr } = await run('post', '-t', 't', '--mbox', mailbox(parts, links, words));
    expect(exit).toBe(3);
    expect(stderr).toContain('mail 1: it has more than 1000 parts');
    expect(stderr).toContain("mail 3: it can't be read");
    expect(await read('t')).toHaveLength(1);
  });

  it('refuses what is no mail alone, and what is no mailbox whole', async () => {
    const { exit, stdout, stderr } = await run('post', '-t', 't', '--mbox', mailbox(FIRST, 'X: empty\n', SECOND));
    expect([exit, stdout.trim().split('\n').length]).toEqual([3, 2]);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'usage', message: 'mail 2: it says nothing' });
    const file = path.join(parent, 'photo.jpg');
    fs.writeFileSync(file, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 10]));
    expect((await run('post', '-t', 't', '--mbox', file)).exit).toBe(2);
    expect((await run('post', '-t', 't', '--mbox', path.join(parent, 'nowhere'))).exit).toBe(30);
    expect((await run('post', '-t', 't', '--mbox', file, '--lines')).exit).toBe(2);
    expect((await run('post', '-t', 't', '--me', 'a@b', 'text')).exit).toBe(2);
  });

  it('takes back in what read --mbox writes', async () => {
    const line = fc.constantFrom(
      'one',
      'From here',
      '>From there',
      'Ünï 👍',
      'שלום',
      'a  b',
      '.',
      '=3D',
      'x'.repeat(99),
    );
    const texts = fc.sample(
      fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => lines.join('\n')),
      20,
    );
    for (const text of texts) await ana.post('garden', text);
    const box = path.join(parent, 'out.mbox');
    await run('read', '-t', 'garden', '--mbox', box);
    const person = ana.session.self.person.slice(0, 20);
    await run('post', '-t', 'copy', '--mbox', box, '--me', `${person}@satchel.invalid`);
    const copies = await read('copy');
    expect(copies.map(({ text }) => text)).toEqual(texts.map((text) => `Subject: garden\n\n${text}`));
    expect(copies.map(({ time }) => Math.floor(time / 1_000))).toEqual(
      (await read('garden')).map(({ time }) => Math.floor(time / 1_000)),
    );
  });
});
