// Whether an export is sealed, for whom, and what is said of it: by options, settings, and what contacts have shown.
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EndedHere, type HereOptions, runHere } from '../../../../testkit/command.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';
import { bundle } from '../../../../testkit/wire-bundle.js';
import { card, cardText, wirePerson } from '../../../../testkit/wire-card.js';

/** Somebody whose card is one of version 0.1, and says nothing of sealed files. */
const OLGA = wirePerson('Olga');
const SEALED_NAME = /^[0-9a-f]{24}\.satchel$/;

let directory: string;
let now: number;

/** Ana and Ben, who know each other. Ana seals, and wrote into the garden. */
beforeEach(async () => {
  directory = scratchDirectory();
  now = Date.UTC(2026, 5, 1, 12);
  for (const name of ['ana', 'ben']) {
    await run(name, ['init', '--name', name]);
    await run(name, ['card', '-o', at(`${name}.card`)]);
  }
  await run('ana', ['contact', 'add', at('ben.card')]);
  await run('ben', ['contact', 'add', at('ana.card')]);
  await run('ana', ['config', 'set', 'seal', 'true']);
  await run('ana', ['post', '-t', 'garden', 'the gate is open']);
});

const at = (name: string): string => path.join(directory, name);

async function run(who: string, argv: readonly string[], options: Partial<HereOptions> = {}): Promise<EndedHere> {
  const env = { HOME: at('home'), SATCHEL_STATE_DIR: at(`${who}-state`) };
  const world = { now: () => now, random: randomBytes };
  return runHere(['-C', at(who), ...argv], { env, world, ...options });
}

async function told(who: string, argv: readonly string[]): Promise<Record<string, unknown>> {
  const { exit, stdout, stderr } = await run(who, argv);
  if (exit !== 0) throw new Error(`${argv.join(' ')} ended with ${exit}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('what is sealed', () => {
  it('is told, has a name that says nothing, and is read by whom it is for and by nobody else', async () => {
    fs.mkdirSync(at('out'));
    const done = await run('ana', ['export', '-o', at('out')], FOR_PEOPLE);
    const [name = ''] = fs.readdirSync(at('out'));
    expect(name).toMatch(SEALED_NAME);
    expect(done.stdout).toBe(`wrote ${at('out')}/${name} (16 KiB): 1 message in 1 log, sealed for ben\n`);
    expect(fs.statSync(at(`out/${name}`)).mtimeMs).toBe(Date.UTC(2026, 5, 1));
    expect(await told('ben', ['import', at(`out/${name}`)])).toMatchObject({ new: 2, bundles: [{ sealed: true }] });
    await run('eve', ['init', '--name', 'eve']);
    expect((await run('eve', ['verify', at(`out/${name}`)])).exit).toBe(17);
    const { stdout } = await run('ana', ['verify', at(`out/${name}`)], FOR_PEOPLE);
    expect(stdout.split('\n')[0]).toContain('sealed; inside it is whole and authentic');
  });

  it('says so to programs, also before it is written', async () => {
    const { contacts } = (await told('ana', ['contact', 'list'])) as unknown as Listed;
    const sealed = { sealed: true, recipients: contacts.map(({ person }) => person), leftOut: [] };
    const planned = await told('ana', ['export', '--dry-run']);
    expect(planned).toMatchObject({ file: null, ...sealed });
    const done = await told('ana', ['export', '-o', at('x.satchel')]);
    expect(done).toMatchObject({ file: at('x.satchel'), bytes: planned['bytes'], ...sealed });
    expect(await told('ana', ['want', '-o', at('w.satchel')])).toMatchObject({ sealed: true });
    const open = await told('ana', ['export', '--open', '-o', at('y.satchel')]);
    expect(open).toMatchObject({ sealed: false, recipients: [], leftOut: [] });
  });

  it('is named by its digest in the way of a message', async () => {
    const { id } = await told('ana', ['post', '-t', 'garden', 'and so is the shed']);
    await run('ana', ['export', '-o', at('x.satchel')]);
    const digest = createHash('sha256')
      .update(fs.readFileSync(at('x.satchel')))
      .digest('hex');
    expect(await told('ana', ['trace', String(id)])).toMatchObject({ exports: [{ for: [{ name: 'ben' }], digest }] });
  });

  it('replaces what is an older bundle of ours for nobody else, sealed or not, and nothing that does not open', async () => {
    const export_ = (who: string, ...more: string[]) => run(who, ['export', '-o', at('x.satchel'), ...more]);
    expect((await export_('ana')).exit).toBe(0);
    const first = fs.readFileSync(at('x.satchel'));
    expect((await export_('ana')).exit).toBe(0);
    expect(fs.readFileSync(at('x.satchel')).equals(first)).toBe(false);
    expect((await export_('ana', '--open')).exit).toBe(0);
    expect((await export_('ana')).exit).toBe(0);
    await run('ben', ['post', '-t', 'garden', 'and so is ours']);
    expect(await export_('ben')).toMatchObject({ exit: 2, stderr: expect.stringContaining('somebody else made') });
    await run('eve', ['init', '--name', 'eve']);
    await run('eve', ['post', '-t', 'garden', 'mine too']);
    const refused = await export_('eve', '--open');
    expect(refused).toMatchObject({ exit: 2, stderr: expect.stringContaining('sealed, and no key here opens it') });
  });
});

describe('what is open', () => {
  it.each([['--open'], ['--uncompressed']])('is what %s asks for, and everybody is told that it is', async (option) => {
    const done = await run('ana', ['export', option, '-o', at('x.satchel')], FOR_PEOPLE);
    expect(done.stdout).toMatch(/1 message in 1 log for ben; open: whoever finds it can read it\n$/);
    expect((await run('eve', ['verify', at('x.satchel')])).exit).toBe(0);
  });

  it('is what the setting for guards asks for, and --seal does not go with either', async () => {
    await run('ana', ['config', 'set', 'export.uncompressed', 'true']);
    expect(await told('ana', ['export', '-o', at('x.satchel')])).toMatchObject({ sealed: false });
    expect(await told('ana', ['want', '-o', at('w.satchel')])).toMatchObject({ sealed: true });
    expect((await run('ana', ['export', '--seal'])).exit).toBe(2);
    await run('ana', ['config', 'set', 'export.uncompressed', 'false']);
    for (const options of [
      ['--seal', '--uncompressed'],
      ['--seal', '--open'],
    ])
      expect((await run('ana', ['export', ...options])).exit).toBe(2);
  });

  it('is what nobody decided about, and status recommends the other once', async () => {
    await run('ben', ['config', 'set', 'seal', 'default']);
    await run('ben', ['post', '-t', 'garden', 'and so is ours']);
    expect(await told('ben', ['export', '-o', at('x.satchel')])).toMatchObject({ sealed: false });
    expect(await told('ben', ['export', '--seal', '-o', at('y.satchel')])).toMatchObject({ sealed: true });
    expect(await told('ben', ['status'])).toMatchObject({ seal: false });
    const first = await run('ben', ['status'], FOR_PEOPLE);
    const second = await run('ben', ['status'], FOR_PEOPLE);
    expect(first.stderr).toContain('config set seal true');
    expect(second.stderr).not.toContain('config set seal true');
    expect((await run('ana', ['status'], FOR_PEOPLE)).stderr).not.toContain('config set seal true');
  });
});

describe('nobody to seal for', () => {
  it('is refused where nobody is asked, and asked where there never was a contact', async () => {
    await run('eve', ['init', '--name', 'eve']);
    await run('eve', ['config', 'set', 'seal', 'true']);
    await run('eve', ['post', '-t', 'garden', 'hello?']);
    const export_ = (answer?: string) =>
      run('eve', ['export', '-o', at('x.satchel')], answer === undefined ? {} : { answer: () => answer });
    expect((await export_()).exit).toBe(2);
    expect((await export_('n')).exit).toBe(2);
    expect(fs.existsSync(at('x.satchel'))).toBe(false);
    expect(JSON.parse((await export_('y')).stdout)).toMatchObject({ sealed: false, messages: 1 });
  });

  it('are strangers', async () => {
    await run('eve', ['init', '--name', 'eve']);
    await run('eve', ['config', 'set', 'seal', 'false']);
    await run('eve', ['post', '-t', 'garden', 'hello?']);
    await run('eve', ['export', '-o', at('eve.satchel')]);
    await run('ana', ['import', at('eve.satchel')]);
    const refused = await run('ana', ['export', '--to', '~eve']);
    expect(refused).toMatchObject({ exit: 2, stderr: expect.stringContaining('no contacts') });
    expect(await told('ana', ['export', '--open', '--to', '~eve', '-o', at('x.satchel')])).toMatchObject({
      messages: 1,
    });
  });

  it('is who has not shown yet that its program reads sealed files; who shows it once gets them from then on', async () => {
    fs.writeFileSync(at('olga.card'), `${cardText(card(OLGA))}\n`);
    await run('ana', ['contact', 'add', at('olga.card')]);
    const done = await run('ana', ['export', '-o', at('x.satchel')], FOR_PEOPLE);
    expect(done.stdout).toContain('sealed for ben\n');
    expect(done.stderr).toMatch(/^nothing for Olga: .* "satchel -C \S+ export --open --to Olga"\n/);
    expect(await told('ana', ['export', '-o', at('y.satchel')])).toMatchObject({ leftOut: [OLGA.id.toString('hex')] });
    const alone = await run('ana', ['export', '--to', 'Olga']);
    expect(alone).toMatchObject({ exit: 2, stderr: expect.stringContaining('--open --to Olga') });
    fs.writeFileSync(
      at('word.satchel'),
      bundle({ signer: OLGA.device, card: cardText(card(OLGA)), readsSealed: true }),
    );
    await run('ana', ['import', at('word.satchel')]);
    const later = await told('ana', ['export', '--to', 'Olga', '-o', at('z.satchel')]);
    expect(later).toMatchObject({ sealed: true, recipients: [OLGA.id.toString('hex')], leftOut: [] });
  });
});

interface Listed {
  readonly contacts: readonly { readonly person: string }[];
}

const FOR_PEOPLE = { people: 'pipe' } as const;
