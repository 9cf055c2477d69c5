// Archives that somebody made: what of them is taken, and that no bytes whatever make more of them.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fateOfMember } from '../../../../src/sync/import/archive/place.js';
import { type GivenFile, givenFiles } from '../../../../src/sync/import/given-files.js';
import { type FileOutcome, importFiles } from '../../../../src/sync/import/import-files.js';
import { type OpenGiven, openGiven } from '../../../../src/sync/import/open-given.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';
import { paxRecord, tar, tarHeader, type WireMember } from '../../../testkit/wire-tar.js';

/** Members whose content says where it is from. */
function member(name: string, content = `content of ${name}`): WireMember {
  return { name, content: Buffer.from(content) };
}

/** Opens the bytes as a file that was named. */
async function opened(bytes: Buffer): Promise<OpenGiven> {
  const file = path.join(scratchDirectory(), 'x.tgz');
  fs.writeFileSync(file, bytes);
  return openGiven(givenFiles([file]), async () => path.dirname(file));
}

function contentOf(file: GivenFile): Buffer {
  const copy = file.spool(scratchDirectory());
  try {
    return copy.read(0, copy.size);
  } finally {
    copy.close();
  }
}

function outcomeOf(file: GivenFile): string {
  try {
    return contentOf(file).toString('latin1');
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** What became of an archive: name and content of each file, or its code. */
async function takenOf(bytes: Buffer): Promise<string[][]> {
  const given = await opened(bytes);
  const found = given.files.map((file) => [file.file.replace(/^.*x\.tgz\/?/, ''), outcomeOf(file)]);
  given.close();
  return found;
}

describe('the name of a member', () => {
  it.each([
    ['a.satchel', 'wanted'],
    ['./a.satchel', 'wanted'],
    ['folder/A.CARD', 'wanted'],
    ['./folder/a.satchel', 'wanted'],
    ['satchel/a.satchel', 'wanted'],
    ['stick/satchel/a.satchel', 'wanted'],
    ['folder/notes.txt', 'passed-over'],
    ['x.tgz', 'passed-over'],
    ['._a.satchel', 'ignored'],
    ['folder/.a.satchel', 'ignored'],
    ['.git/a.satchel', 'ignored'],
    ['stick/satchel/README.txt', 'ignored'],
    ['a/b/c.satchel', 'too-deep'],
    ['a/b/satchel/c.satchel', 'too-deep'],
    ['/a.satchel', 'bad-name'],
    ['../a.satchel', 'bad-name'],
    ['a/../b.satchel', 'bad-name'],
    ['a\\..\\b.satchel', 'bad-name'],
    ['a//b.satchel', 'bad-name'],
    ['a/./b.satchel', 'bad-name'],
    ['a\n.satchel', 'bad-name'],
    ['a\u009b.satchel', 'bad-name'],
    ['', 'bad-name'],
    [`${'x'.repeat(1_020)}.satchel`, 'bad-name'],
  ])('%j: %s', (name, fate) => {
    expect(fateOfMember(name)).toBe(fate);
  });
});

describe('an archive', () => {
  it('gives its bundles and cards in order, and names the rest', async () => {
    const bytes = tar([
      { ...member('f/'), header: { type: '5' }, content: Buffer.alloc(0) },
      member('f/a.satchel'),
      member('f/notes.txt'),
      { name: 'f/link.satchel', content: Buffer.alloc(0), header: { type: '2', link: 'a.satchel' } },
      member('f/g/deep.satchel'),
      member('f/empty.card', ''),
      member('f/b.card'),
    ]);
    for (const one of [bytes, gzipSync(bytes)]) {
      const given = await opened(one);
      expect(given.files.map(outcomeOf)).toEqual(['content of f/a.satchel', '', 'content of f/b.card']);
      expect(given.passedOver.map((file) => file.replace(/^.*x\.tgz/, ''))).toEqual(['/f/notes.txt']);
      expect(given.archives).toMatchObject([
        {
          members: 7,
          found: 3,
          skipped: [
            { name: 'f/link.satchel', reason: 'no-file' },
            { name: 'f/g/deep.satchel', reason: 'too-deep' },
          ],
        },
      ]);
      given.close();
    }
  });

  it('may be what GNU tar makes, whatever its way to write names', async () => {
    const directory = scratchDirectory();
    const long = `${'long '.repeat(40)}.satchel`;
    fs.mkdirSync(path.join(directory, 'mail'));
    for (const name of ['a.satchel', long]) fs.writeFileSync(path.join(directory, 'mail', name), name);
    for (const format of ['gnu', 'pax']) {
      const made = execFileSync('tar', ['-c', '-z', `--format=${format}`, '--sort=name', '-f', '-', 'mail'], {
        cwd: directory,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const found = await takenOf(made);
      expect(found, format).toEqual([
        ['mail/a.satchel', 'a.satchel'],
        [`mail/${long}`, long],
      ]);
    }
  });

  it('that is cut off gives what was whole before', async () => {
    const bytes = tar([member('a.satchel'), member('b.satchel')]);
    expect(await takenOf(bytes.subarray(0, 1_500))).toEqual([
      ['a.satchel', 'content of a.satchel'],
      ['', 'bad-tar'],
    ]);
  });

  it('beyond a limit gives nothing', async () => {
    const many = Array.from({ length: 1_025 }, (_, i) => member(`${i}.satchel`));
    expect(await takenOf(tar(many))).toEqual([['', 'over-limit']]);
    const most = await opened(tar(many.slice(1)));
    expect(most.files.length).toBe(1_024);
    most.close();
    const huge = Buffer.concat([tarHeader('b.satchel', 2 ** 32), Buffer.alloc(512)]);
    expect(await takenOf(Buffer.concat([tar([member('a.satchel')], Buffer.alloc(0)), huge]))).toEqual([
      ['', 'over-limit'],
    ]);
  });

  it('is a bundle when it begins with a manifest, packed or not', async () => {
    const bytes = tar([member('manifest.json'), member('a.satchel')]);
    const plain = await opened(bytes);
    expect(plain.archives).toEqual([]);
    plain.close();
    expect(await takenOf(gzipSync(bytes))).toEqual([['', bytes.toString('latin1')]]);
  });

  it('in a directory is passed over', () => {
    const directory = scratchDirectory();
    fs.writeFileSync(path.join(directory, 'x.tgz'), gzipSync(tar([member('a.satchel')])));
    expect(givenFiles([directory])).toMatchObject({ files: [], passedOver: [path.join(directory, 'x.tgz')] });
  });

  it('is imported as a directory with the same files is', async () => {
    const directory = scratchDirectory();
    const ana = await Replica.create('ana', directory);
    const at = (name: string): string => path.join(directory, name);
    await ana.join('garden').post('garden', 'hello');
    await ana.export(at('one.satchel'));
    const one = fs.readFileSync(at('one.satchel'));
    const torn = Buffer.from(one).fill(7, one.length - 1_500, one.length - 1_400);
    const bytes = tar([
      { name: 'f/0.satchel', content: torn },
      { name: 'f/1.satchel', content: one },
    ]);
    const bob = (await Replica.create('bob', directory)).meet(ana).join('garden');
    fs.writeFileSync(at('x.tgz'), gzipSync(bytes));
    const given = await openGiven(givenFiles([at('x.tgz')]), async () => bob.repository.layout.tmp);
    const outcomes = importFiles(bob.session, given.files);
    given.close();
    expect(outcomes.map(codeOf)).toEqual(['bad-member', 'bundle']);
    expect(outcomes.map(({ archive }) => archive)).toEqual([at('x.tgz'), at('x.tgz')]);
    expect(outcomes[1]).toMatchObject({ file: `${at('x.tgz')}/f/1.satchel`, messages: 1 });
  });
});

function codeOf(outcome: FileOutcome): string {
  return outcome.kind === 'failed' ? outcome.error.code : outcome.kind;
}

describe('whatever the bytes of an archive', () => {
  const GOOD = tar([
    { name: 'x', content: paxRecord('path', 'f/a.satchel'), header: { type: 'x' } },
    member('short.satchel', 'a'.repeat(700)),
    { name: 'x', content: Buffer.from('f/long.satchel\0'), header: { type: 'L' } },
    member('other.satchel', 'b'.repeat(100)),
    member('f/c.card', ''),
  ]);
  /** Header fields are where a tar file is read wrongly: names, sizes, sums, types. */
  const change = fc.tuple(fc.nat(GOOD.length - 1), fc.constantFrom(0, 1, 0x30, 0x37, 0x4c, 0x67, 0x78, 0x80, 0xff));

  it('opening it ends without an error of its own, and gives nothing but what is in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 4 }),
        fc.nat(GOOD.length),
        fc.boolean(),
        fc.boolean(),
        async (changes, end, isPacked, isSummed) => {
          const bytes = Buffer.from(GOOD.subarray(0, end));
          for (const [at, value] of changes) if (at < end) bytes[at] = value;
          if (isSummed) for (let at = 0; at + 512 <= end; at += 512) sum(bytes.subarray(at, at + 512));
          const given = await opened(isPacked ? gzipSync(bytes) : bytes);
          try {
            for (const file of given.files) {
              const outcome = outcomeOf(file);
              const isRefused = ['bad-tar', 'over-limit'].includes(outcome);
              expect(isRefused || bytes.includes(outcome, 'latin1')).toBe(true);
            }
          } finally {
            given.close();
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('packed ones with any byte changed give nothing that was not in them', async () => {
    const packed = gzipSync(GOOD);
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, difference) => {
        const bytes = Buffer.from(packed);
        bytes[at] = (bytes[at] ?? 0) ^ difference;
        const outcomes = (await takenOf(bytes)).map(([, outcome]) => outcome);
        const whole = (await takenOf(GOOD)).map(([, outcome]) => outcome);
        const isNone = at < 2; // it is no gzip file then, and taken for a bundle by who imports it
        expect(isNone || outcomes.every((one) => one === 'bad-tar' || whole.includes(one))).toBe(true);
      }),
      { numRuns: 100 },
    );
    expect(gunzipSync(packed)).toEqual(GOOD);
  });
});

/** Makes a block pass for a header: a reader that stops at a wrong sum is not tested behind it. */
function sum(block: Buffer): void {
  if (block.toString('latin1', 257, 262) !== 'ustar') return;
  block.fill(' ', 148, 156);
  const total = block.reduce((all, byte) => all + byte, 0);
  block.write(`${total.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}
