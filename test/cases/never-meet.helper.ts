// Two who never meet, one with a mailbox, one with a bucket and a stick, and somebody in between who reaches all of them: they come
// to have one conversation, and whoever runs a server, or finds the stick, reads nothing of it (spec/security.md, "What others can
// see"). The same search finds all of it in a mailbox that they made open, or it would say nothing.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BodyDecoder } from '../../helpers/imap/mail.js';
import { openStore } from '../../src/sync/store/open-store.js';
import { type Ended, runBeside } from '../cli/program.js';
import { type Bucket, KEY, startBucket } from '../testkit/bucket-server.js';
import { type ImapServer, startImap } from '../testkit/imap-server.js';
import { foundIn, type Secret, secretId, secretText } from '../testkit/search.js';
import { sha256 } from '../testkit/wire.js';
import { Scene } from './scene.js';

const LABEL = 'the walled garden';
const TEXTS = { ana: 'the spare key lies under the third stone', cleo: 'then the gate stays shut on Sunday' };
const PASSWORD = 'correct-horse-battery';
const ROUNDS_MAX = 6;

let server: ImapServer;
let bin: string;
beforeAll(async () => {
  server = await startImap([{ login: 'relay', password: PASSWORD }]);
  bin = fs.mkdtempSync(path.join(path.dirname(server.mail), 'bin-'));
  fs.symlinkSync(path.resolve('helpers/imap/dist/satchel-drive-imap.mjs'), path.join(bin, 'satchel-drive-imap'));
});
afterAll(() => server.stop());

/** Who visits what. */
class Far extends Scene {
  readonly mailbox = `imap://localhost:${server.port}/relay`;
  readonly bucket: string;
  /** What opens all of it. */
  readonly reach: { readonly env: Readonly<Record<string, string>>; readonly credentials: string };

  constructor({ origin }: Bucket) {
    super();
    this.bucket = `s3://b/relay?endpoint=${origin}&region=eu-1`;
    const passwords = path.join(this.directory, 'passwords');
    fs.writeFileSync(passwords, `machine localhost login relay password ${PASSWORD}\n`, { mode: 0o600 });
    const searched = `${bin}:${process.env['PATH']}`;
    const env = { ...KEY, PATH: searched, NODE_EXTRA_CA_CERTS: server.authority };
    this.reach = { env, credentials: passwords };
    this.people('ana', 'ben', 'cleo');
    this.joined(LABEL, 'ana', 'ben', 'cleo');
    for (const who of ['ana', 'ben']) this.must(who, ['config', 'set', '-q', 'drive.credentials', passwords]);
    for (const who of ['ana', 'ben', 'cleo']) this.must(who, ['config', 'set', '-q', 'seal', 'true']);
  }

  async far(who: string, ...words: readonly string[]): Promise<Ended> {
    const ended = await runBeside(words, { cwd: path.join(this.directory, who), env: this.reach.env });
    if (ended.status !== 0) throw new Error(`${who}: satchel ${words.join(' ')}: ${ended.stdout}${ended.stderr}`);
    return ended;
  }

  /** Requests of a visit, and whether it changed anything there. */
  async visited(who: string, url: string): Promise<{ readonly requests: number; readonly touched: boolean }> {
    const { stdout } = await this.far(who, 'sync', '--json', url);
    const { drives } = JSON.parse(stdout) as { drives: { requests: number; touched: boolean }[] };
    const [drive] = drives;
    if (!drive) throw new Error(`no drive was visited: ${stdout}`);
    return drive;
  }
}

/** What lies below a directory. */
function filesBelow(directory: string): string[] {
  const names = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names.map((name) => path.join(directory, name)).filter((file) => fs.statSync(file).isFile());
}

/** Names and contents of files below a directory. */
function contentsBelow(directory: string, isMeant: (file: string) => boolean = () => true): Buffer[] {
  const files = filesBelow(directory).filter(isMeant);
  return [Buffer.from(files.join('\n')), ...files.map((file) => fs.readFileSync(file)).flatMap(piecesOf)];
}

/** What a mail says, and the file in it; of anything else all of it. */
function piecesOf(bytes: Buffer): Buffer[] {
  const end = bytes.indexOf('\n\n');
  if (end < 0 || !bytes.subarray(0, end).includes('\nSatchel-Size: ')) return [bytes];
  return [bytes.subarray(0, end), new BodyDecoder().add(bytes.subarray(end))];
}

/** Whatever anybody holds who is not one of the three; each thing once, however long it lies there. */
class Observed {
  readonly #seen = new Map<string, Buffer>();

  note(...pieces: readonly Buffer[]): void {
    for (const bytes of pieces) this.#seen.set(sha256(bytes).toString('hex'), bytes);
  }

  found(secrets: readonly Secret[]): string[] {
    return [...new Set([...this.#seen.values()].flatMap((bytes) => foundIn(bytes, secrets)))];
  }
}

function secretsOf(scene: Scene): Secret[] {
  const lines = scene.must('ben', ['read', '-t', LABEL, '--json']).split('\n');
  const messages = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as { id: string; log: string });
  expect(messages).toHaveLength(2);
  return [
    secretText('label', LABEL),
    ...Object.values(TEXTS).map((text) => secretText('text', text)),
    ...messages.flatMap(({ id, log }) => [secretId('log', log), secretId('entry', id)]),
  ];
}

it('brings them together, and shows nobody what they say', async () => {
  const bucket = await startBucket();
  const scene = new Far(bucket);
  const observed = new Observed();
  const look = (): void => {
    // what the server notes of mails for itself is looked at once, when all of it is there
    observed.note(...contentsBelow(server.mail, (file) => !path.basename(file).startsWith('dovecot')));
    observed.note(...contentsBelow(scene.stick));
    observed.note(...[...bucket.files].flatMap(([key, bytes]) => [Buffer.from(key), bytes]));
  };
  scene.drive('cleo');
  await scene.far('ana', 'drive', 'init', '-q', scene.mailbox);
  await scene.far('cleo', 'drive', 'init', '-q', scene.bucket);
  scene.must('ana', ['post', '-q', '-t', LABEL, TEXTS.ana]);
  scene.must('cleo', ['post', '-q', '-t', LABEL, TEXTS.cleo]);
  const places = {
    ana: [scene.mailbox],
    ben: [scene.mailbox, scene.bucket, scene.stick],
    cleo: [scene.stick, scene.bucket],
  };
  const round = async (): Promise<number> => {
    let touched = 0;
    for (const [who, urls] of Object.entries(places))
      for (const url of urls) {
        if ((await scene.visited(who, url)).touched) touched++;
        look();
      }
    return touched;
  };
  for (let rounds = 0; (await round()) > 0; rounds++) expect(rounds).toBeLessThan(ROUNDS_MAX);
  for (const who of Object.keys(places)) expect(scene.texts(who, LABEL).sort()).toEqual(Object.values(TEXTS).sort());
  expect(await scene.visited('ana', scene.mailbox)).toMatchObject({ requests: 1, touched: false });
  expect(await scene.visited('cleo', scene.bucket)).toMatchObject({ requests: 1, touched: false });

  observed.note(...contentsBelow(server.mail));
  const secrets = secretsOf(scene);
  expect(observed.found([...secrets, secretText('password', PASSWORD)])).toEqual([]);
  for (const who of Object.keys(places)) {
    const kept = contentsBelow(path.join(scene.directory, who));
    expect(kept.filter((bytes) => bytes.includes(PASSWORD))).toEqual([]);
  }

  const all = path.join(scene.directory, 'all');
  scene.must('ben', ['export', '-q', '--open', '--full', '-o', all]);
  const store = await openStore(`imap://localhost:${server.port}/open`, scene.reach);
  await store.put('all.satchel', { path: all, size: fs.statSync(all).size }, 'replace', new AbortController().signal);
  const shown = new Observed();
  shown.note(...contentsBelow(path.join(server.mail, 'relay/Maildir/.open')));
  expect(shown.found(secrets).sort()).toEqual(secrets.map(({ what }) => what).sort());
});
