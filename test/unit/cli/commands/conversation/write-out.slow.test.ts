// Conversations as files that are read without satchel.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { chunksOf } from '../../../../testkit/attach.js';
import { type EndedHere, type HereOptions, runFor } from '../../../../testkit/command.js';
import type { Replica } from '../../../../testkit/replica.js';
import { makeFriends } from '../../../../testkit/replicas.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

process.env['TZ'] = 'UTC';

const DAY_MS = 86_400_000;
let ana: Replica;
let ben: Replica;
let parent: string;
let made = 0;

beforeEach(async () => {
  parent = scratchDirectory();
  [ana, ben] = (await makeFriends(parent, ['ana', 'ben'], 'garden')) as [Replica, Replica];
});

function run(argv: readonly string[], options: Partial<HereOptions> = {}): Promise<EndedHere> {
  return runFor(ana, argv, options);
}

function at(name: string): string {
  return path.join(parent, name);
}

function read(name: string): string {
  return fs.readFileSync(at(name), 'utf8');
}

async function post(...argv: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(['post', '-t', 'garden', ...argv]);
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { id: string }).id;
}

/** A conversation with something of everything. */
async function everything(): Promise<{ readonly first: string; readonly plan: Buffer }> {
  const plan = Buffer.concat(chunksOf('plan', 100));
  fs.writeFileSync(at('Plan & more.pdf'), plan);
  fs.writeFileSync(at('page.html'), '<script>alert(1)</script>');
  const first = await post('Is the row up?');
  await run(['edit', first, 'Is the <b>bean</b> row up?']);
  await run(['react', first, '👍']);
  await post('--reply', first, '--attach', at('Plan & more.pdf'), '--attach', at('page.html'), 'שלום & <i>you</i>');
  await run(['retract', await post('taken back')]);
  ben.now += 1_000;
  await ben.post('garden', 'of ben');
  await ben.export(at('ben.satchel'));
  ana.import(at('ben.satchel'));
  return { first, plan };
}

describe('an answer', () => {
  it('is said to be older than the text that it answers, in each form', async () => {
    const first = await post('at eight');
    await post('--reply', first, 'fine');
    ana.now += 1_000;
    await run(['edit', first, 'at nine']);
    ana.now += 1_000;
    await post('--reply', first, 'late');
    for (const [form, name] of [
      ['html', 'out'],
      ['markdown', 'g.md'],
      ['mbox', 'g.mbox'],
    ] as const)
      await run(['read', '-t', 'garden', `--${form}`, at(name)]);
    expect(read('out/index.html').match(/edited since/g)).toHaveLength(1);
    expect(read('g.md').match(/edited since/g)).toHaveLength(1);
    expect(mails('g.mbox').map(({ text = '' }) => /^-- \n\(answers .* edited since\)/m.test(text))).toEqual([
      ...[false, true, false],
    ]);
  });
});

describe('a link to what is answered', () => {
  it.each([
    ['html', 'out', 'out/index.html', / id="([^"]+)"/g, / href="#([^"]+)"/g],
    ['markdown', 'g.md', 'g.md', /<a id="([^"]+)"/g, /\]\(#([^)]+)\)/g],
  ])('leads to a message that is in the file (%s)', async (form, output, file, ids, links) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.nat(), { nil: undefined }), { minLength: 2, maxLength: 6 }),
        fc.array(fc.nat(1), { minLength: 6, maxLength: 6 }),
        fc.constantFrom(['-n', '2'], ['--grep', 'word0'], ['--since', '2000-01-01']),
        async (answers, marks, asked) => {
          const topic = `topic${made++}`;
          const posted: string[] = [];
          for (const [at, answered] of answers.entries()) {
            const reply = answered === undefined ? [] : ['--reply', String(posted[answered % at] ?? '')];
            const argv = ['post', '-t', topic, ...(at === 0 ? [] : reply), `word${marks[at]}`];
            const { stdout } = await run(argv, { world: ana.repository.world });
            posted.push((JSON.parse(stdout) as { id: string }).id);
          }
          const to = path.join(topic, output);
          fs.mkdirSync(at(topic));
          await run(['read', '-t', topic, ...asked, `--${form}`, at(to)]);
          const text = read(path.join(topic, file));
          const there = [...text.matchAll(ids)].map(([, id]) => id);
          for (const [, link] of text.matchAll(links)) expect(there).toContain(link);
          // and one that is there is linked
          const shown = (id = ''): boolean => there.includes(`m-${id.slice(0, 20)}`);
          const within = answers.filter(
            (answered, at) => at > 0 && answered !== undefined && shown(posted[at]) && shown(posted[answered % at]),
          );
          expect(text.match(/(<a class="quote"|\[↳ )/g) ?? []).toHaveLength(within.length);
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe('read --html', () => {
  it('writes one page without a script, and what was attached', async () => {
    const { first, plan } = await everything();
    const { exit, stdout } = await run(['read', '-t', 'garden', '--html', at('out')]);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      form: 'html',
      file: at('out/index.html'),
      topics: ['garden'],
      messages: 4,
      attachments: 2,
      lacking: [],
    });
    const page = read('out/index.html');
    expect(page).toMatch(/Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[\w+/=]+'; base/);
    expect(page.match(/<(?!\/)[a-z0-9]+/g)?.every((tag) => TAGS.includes(tag.slice(1)))).toBe(true);
    expect(page).toContain('Is the &lt;b&gt;bean&lt;/b&gt; row up?</div>');
    expect(page).toContain('(edited 2026-01-01 00:00)');
    expect(page).toContain('👍 ana');
    expect(page).toContain('(retracted)');
    expect(page).not.toContain('taken back');
    expect(page).toContain(`<a class="quote" href="#m-${first.slice(0, 20)}">`);
    expect(page).toContain(`<article id="m-${first.slice(0, 20)}"`);
    const links = [...page.matchAll(/href="(attachments\/[^"]+)"/g)].map(([, href = '']) => decodeURIComponent(href));
    expect(fs.readdirSync(at('out/attachments')).sort()).toEqual(links.map((link) => path.basename(link)).sort());
    expect(links.map((link) => link.replace(/.*-\d-/, ''))).toEqual(['Plan & more.pdf', 'page.html.txt']);
    expect(fs.readFileSync(at(`out/${links[0]}`))).toEqual(plan);
  });

  it('never writes over anything, and says what is lacking', async () => {
    await everything();
    fs.mkdirSync(at('full'));
    fs.writeFileSync(at('full/note'), 'mine');
    for (const form of ['html', 'markdown', 'mbox']) {
      const { exit, stderr } = await run(['read', '-t', 'garden', `--${form}`, at('full')], { people: 'pipe' });
      expect([exit, stderr.split('\n')[0]]).toEqual([2, `satchel: error: ${at('full')} is there already`]);
    }
    expect(fs.readdirSync(at('full'))).toEqual(['note']);
    expect((await run(['read', '--html', at('nowhere/out')])).exit).toBe(30);
    const chunks = fs.readdirSync(path.join(ana.directory, '.satchel/objects/blobs'), { recursive: true });
    for (const name of chunks.map(String)) {
      const file = path.join(ana.directory, '.satchel/objects/blobs', name);
      if (fs.statSync(file).size === 4_000) fs.rmSync(file);
    }
    ana.reopen();
    for (const [form, name] of [
      ['html', 'out'],
      ['markdown', 'g.md'],
      ['mbox', 'g.mbox'],
    ] as const) {
      const { exit, stdout } = await run(['read', '-t', 'garden', `--${form}`, at(name)]);
      expect(exit).toBe(3);
      expect(JSON.parse(stdout)).toMatchObject({ attachments: 1, lacking: [{ name: 'Plan & more.pdf' }] });
    }
    expect(read('out/index.html')).toContain('<p class="attachment lacking"><bdi>Plan &amp; more.pdf');
    expect(read('g.md')).toContain('*attached: Plan \\& more.pdf');
    expect(mails('g.mbox')[1]?.text).toContain('attached, and not in this file: Plan & more.pdf');
  });

  it('marks strangers and doubtful clocks, and takes what else read takes', async () => {
    await ben.post('garden', { body: 'from the future', time: ben.now + 400 * DAY_MS });
    await ben.export(at('ben.satchel'));
    ana.import(at('ben.satchel'));
    await run(['contact', 'remove', 'ben']);
    await run(['read', '-t', 'garden', '--html', at('out')]);
    expect(read('out/index.html')).toMatch(/class="message hue-\d doubtful">\n<header><bdi class="name">~ben<\/bdi>/);
    const { stdout } = await run(['read', '-t', 'garden', '--markdown', '-', '--grep', 'nothing'], { people: 'pipe' });
    expect(stdout).toMatch(/^Written out by satchel on 2026-01-01 00:00,.*\n\n# garden\n$/);
    for (const other of [['--follow'], ['--mark'], ['--graph'], ['--mbox', at('x')]]) {
      expect((await run(['read', '--html', at('y'), ...other])).exit).toBe(2);
    }
    expect((await run(['read', '--html', '-'])).exit).toBe(2);
    expect(fs.existsSync(at('y'))).toBe(false);
  });

  it('shows any text as a text', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        fs.writeFileSync(at('text'), `.${text}`);
        const id = await post('--file', at('text'));
        await run(['read', '-t', 'garden', '-n', '1', '--html', at(id)]);
        const page = read(`${id}/index.html`);
        expect(page.match(/<(?!\/)[a-z0-9]+/g)?.every((tag) => TAGS.includes(tag.slice(1)))).toBe(true);
        const [, shown = ''] = /<div class="text" dir="auto">([^<]*)<\/div>/.exec(page) ?? [];
        expect(unescaped(shown)).toBe(`.${text}`);
      }),
      { numRuns: 25 },
    );
  });
});

describe('read --markdown', () => {
  it('lets nothing that was written count as markup', async () => {
    const { first } = await everything();
    await post('# no *heading*\n- no [item](x)\n1. _one_\n\n    `code` | $x$');
    await run(['read', '-t', 'garden', '--markdown', at('g.md')]);
    const text = read('g.md');
    expect(text).toContain('> Is the \\<b\\>bean\\</b\\> row up?');
    expect(text).toContain(`[↳ ana: Is the \\<b\\>bean\\</b\\> row up?](#m-${first.slice(0, 20)})`);
    expect(text).toContain(
      '> \\# no \\*heading\\*\\\n> \\- no \\[item\\](x)\\\n> 1\\. \\_one\\_\n>\n> &nbsp;&nbsp;&nbsp;&nbsp;\\`code\\` \\| \\$x\\$\n',
    );
    const [, link = ''] = /\]\((g-attachments\/[^)]*pdf)\)/.exec(text) ?? [];
    expect(fs.existsSync(at(decodeURIComponent(link)))).toBe(true);
  });
});

describe('read --mbox', () => {
  it('is what a program for mail reads, with threads and attachments', async () => {
    const { first, plan } = await everything();
    await run(['read', '-t', 'garden', '--mbox', at('g.mbox')]);
    const found = mails('g.mbox');
    expect(found.map(({ from, subject }) => [from, subject])).toEqual([
      ['ana', 'garden'],
      ['ana', 'Re: garden'],
      ['ana', 'garden'],
      ['ben', 'garden'],
    ]);
    expect(found[0]?.text).toBe('Is the <b>bean</b> row up?\n-- \n(edited 2026-01-01 00:00)\n👍 ana\n');
    expect(found[0]?.id).toBe(`<${first}@satchel.invalid>`);
    expect(found[1]).toMatchObject({ answers: `<${first}@satchel.invalid>`, text: 'שלום & <i>you</i>' });
    expect(found[1]?.files.map(({ name, type }) => [name, type])).toEqual([
      ['Plan & more.pdf', 'application/pdf'],
      ['page.html', 'text/html'],
    ]);
    expect(Buffer.from(found[1]?.files[0]?.bytes ?? '', 'base64')).toEqual(plan);
    expect(found.every(({ defects }) => defects === 0)).toBe(true);
    const piped = await run(['read', '-t', 'garden', '--mbox', '-']);
    expect(piped.stdout).toBe(read('g.mbox'));
    expect(JSON.parse(piped.stderr)).toMatchObject({ form: 'mbox', file: '-' });
  });

  it('keeps any text to the letter', async () => {
    const texts = fc.sample(hostile, 60);
    for (const text of texts) await ana.post('garden', `.${text}`);
    await run(['read', '-t', 'garden', '--mbox', at('g.mbox')]);
    expect(mails('g.mbox').map(({ text }) => text)).toEqual(texts.map((text) => `.${text}\n`));
    const raw = read('g.mbox').split('\n');
    expect(raw.every((line) => /^[\x20-\x7e]{0,998}$/.test(line))).toBe(true);
    expect(raw.filter((line) => /^>*From /.test(line))).toHaveLength(60);
  });
});

const TAGS = [
  'html',
  'head',
  'meta',
  'title',
  'style',
  'body',
  'header',
  'p',
  'main',
  'section',
  'h2',
  'h3',
  'span',
].concat(['article', 'bdi', 'a', 'div']);

/** Text in which signs of markup, mail and other scripts come often; nothing in it is shown as a code. */
const hostile = fc
  .array(
    fc.constantFrom(
      ...[
        '<script>',
        '</div>',
        '&amp;',
        '"',
        "'",
        '\nFrom ',
        '\n>From me',
        '\n.\n',
        '=3D',
        ' ',
        '\n',
        '--=_satchel_',
        'é',
      ],
      ...['שלום', '👍🏽', 'a'.repeat(90), '-->', '<!--', '\\', '*', ']]>', '\n-- \n', '日本語', ' \nx'],
    ),
    { maxLength: 12 },
  )
  .map((parts) => `${parts.join('')}!`);

function unescaped(text: string): string {
  const signs: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => signs[name] ?? '');
}

interface Mail {
  readonly from: string;
  readonly subject: string;
  readonly id: string;
  readonly answers: string | null;
  readonly text: string;
  readonly defects: number;
  readonly files: readonly { readonly name: string; readonly type: string; readonly bytes: string }[];
}

const READER = `
import base64, email, email.policy, email.utils, json, mailbox, sys
box = mailbox.mbox(sys.argv[1], factory=lambda f: email.message_from_binary_file(f, policy=email.policy.default))
found = []
for mail in box:
    parts = [p for p in mail.walk() if not p.is_multipart()]
    files = [{'name': p.get_filename(), 'type': p.get_content_type(),
              'bytes': base64.b64encode(p.get_payload(decode=True)).decode()} for p in parts[1:]]
    found.append({'from': email.utils.parseaddr(str(mail['From']))[0], 'subject': str(mail['Subject']),
                  'id': mail['Message-ID'], 'answers': mail['In-Reply-To'], 'files': files,
                  'text': parts[0].get_payload(decode=True).decode('utf-8'),
                  'defects': sum(len(p.defects) for p in mail.walk())})
print(json.dumps(found))
`;

/** What Python's own module for mailboxes reads. */
function mails(name: string): Mail[] {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', READER, at(name)], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout) as Mail[];
}
