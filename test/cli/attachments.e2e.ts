// Attachments as two people and their scripts carry them: by file, and by asking for what is missing.
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { run, runJson } from './program.js';

const MEBIBYTE = 1_048_576;

interface Counts {
  readonly count: number;
  readonly bytes: number;
}

interface Exported {
  readonly file: string | null;
  readonly entries: number;
  readonly messages: number;
  readonly blobs: Counts;
  readonly blobsLeft: Counts;
}

interface Imported {
  readonly new: number;
  readonly blobs: { readonly new: number; readonly known: number; readonly skipped: number; readonly bytes: number };
}

interface Wanted {
  readonly file: string;
  readonly logs: number;
  readonly missing: { readonly blobs: number; readonly chunks: number; readonly bytes: number };
}

/** Ana and Ben, who know each other and share the garden; a file of some MiB lies beside them. */
function friends(sizeBytes: number): { cwd: string; digest: string } {
  const cwd = scratchDirectory();
  for (const name of ['ana', 'ben']) {
    run(['-C', name, 'init', '--name', name, '-q'], { cwd });
    run(['-C', name, 'card', '-o', `${name}.card`], { cwd });
  }
  run(['-C', 'ana', 'contact', 'add', 'ben.card'], { cwd });
  run(['-C', 'ben', 'contact', 'add', 'ana.card'], { cwd });
  run(['-C', 'ben', 'topic', 'join', 'garden'], { cwd });
  const bytes = randomBytes(sizeBytes);
  fs.writeFileSync(path.join(cwd, 'film.mp4'), bytes);
  return { cwd, digest: createHash('sha256').update(bytes).digest('hex') };
}

function digestOf(file: string): string {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

describe('an attachment', () => {
  it('goes along with its message, comes out identical, and is sent no more once word is back', () => {
    const { cwd, digest } = friends(3 * MEBIBYTE + 17);
    const { id } = runJson<{ id: string }>(['-C', 'ana', 'post', '-t', 'garden', 'the film', '--attach', 'film.mp4'], {
      cwd,
    });
    const sent = runJson<Exported>(['-C', 'ana', 'export', '-o', 'there.satchel'], { cwd });
    expect(sent).toMatchObject({ messages: 1, blobs: { count: 5 }, blobsLeft: { count: 0, bytes: 0 } });
    const got = runJson<Imported>(['-C', 'ben', 'import', 'there.satchel'], { cwd });
    expect(got.blobs).toEqual({ new: 5, known: 0, skipped: 0, bytes: sent.blobs.bytes });
    expect(run(['-C', 'ben', 'get', id, '-o', 'copy.mp4'], { cwd })).toMatchObject({ status: 0 });
    expect(digestOf(path.join(cwd, 'copy.mp4'))).toBe(digest);
    expect(runJson<Exported>(['-C', 'ben', 'export', '-o', 'back.satchel'], { cwd }).blobs.count).toBe(0);
    runJson(['-C', 'ana', 'import', 'back.satchel'], { cwd });
    expect(runJson<Exported>(['-C', 'ana', 'export'], { cwd })).toMatchObject({ file: null, blobs: { count: 0 } });
  });

  it('is told in words: what was written, what came, and what is sent again', () => {
    const { cwd } = friends(2 * MEBIBYTE);
    run(['-C', 'ana', 'post', '-t', 'garden', 'the film', '--attach', 'film.mp4'], { cwd });
    const sent = run(['-C', 'ana', 'export', '-o', 'there.satchel'], { cwd });
    expect(sent.stdout).toContain('1 message in 1 log and 2.0 MiB of attachments, sealed for ben');
    const got = run(['-C', 'ben', 'import', 'there.satchel'], { cwd });
    expect(got.stdout).toContain('1 new message; 2.0 MiB of attachments');
    expect(run(['-C', 'ben', 'import', 'there.satchel'], { cwd }).stdout).toContain('nothing new');
  });
});

describe('want', () => {
  it('says what is missing, and the next export to its maker brings just that', () => {
    const { cwd, digest } = friends(4 * MEBIBYTE);
    const { id } = runJson<{ id: string }>(['-C', 'ana', 'post', '-t', 'garden', 'the film', '--attach', 'film.mp4'], {
      cwd,
    });
    runJson(['-C', 'ana', 'export', '-o', 'there.satchel'], { cwd });
    runJson(['-C', 'ben', 'import', 'there.satchel'], { cwd });
    const lost = removeChunks(path.join(cwd, 'ben'), 2);
    const asked = runJson<Wanted>(['-C', 'ben', 'want', '-o', 'ask.satchel'], { cwd });
    expect(asked).toMatchObject({ file: 'ask.satchel', logs: 1, missing: { blobs: 1, chunks: 2, bytes: lost } });
    expect(fs.statSync(path.join(cwd, 'ask.satchel')).size).toBeLessThan(17_000);
    runJson(['-C', 'ana', 'import', 'ask.satchel'], { cwd });
    const answer = runJson<Exported>(['-C', 'ana', 'export', '--to', 'ben', '-o', 'answer.satchel'], { cwd });
    expect(answer).toMatchObject({ messages: 0, blobs: { count: 2, bytes: lost } });
    expect(runJson<Imported>(['-C', 'ben', 'import', 'answer.satchel'], { cwd }).blobs).toMatchObject({
      new: 2,
      skipped: 0,
    });
    expect(run(['-C', 'ben', 'get', id, '-o', 'copy.mp4'], { cwd })).toMatchObject({ status: 0 });
    expect(digestOf(path.join(cwd, 'copy.mp4'))).toBe(digest);
  });

  it('brings messages too, is written with nothing missing, and replaces only what want wrote', () => {
    const { cwd } = friends(100);
    run(['-C', 'ana', 'post', '-t', 'garden', 'one'], { cwd });
    runJson(['-C', 'ana', 'export', '-o', 'there.satchel'], { cwd });
    runJson(['-C', 'ben', 'import', 'there.satchel'], { cwd });
    expect(run(['-C', 'ben', 'want', '-o', 'ask.satchel'], { cwd }).stdout).toContain('no attachments are missing');
    expect(run(['-C', 'ben', 'want', '-o', 'ask.satchel'], { cwd })).toMatchObject({ status: 0 });
    runJson(['-C', 'ana', 'import', 'ask.satchel'], { cwd });
    expect(runJson<Exported>(['-C', 'ana', 'export'], { cwd }), 'it says what is held').toMatchObject({ file: null });
    expect(run(['-C', 'ana', 'want', '-o', 'there.satchel'], { cwd })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is a bundle with something in it'),
    });
    const piped = run(['-C', 'ben', 'want', '-o', '-'], { cwd });
    expect(piped).toMatchObject({ status: 0, stderr: expect.stringContaining('no attachments are missing') });
    expect(run(['-C', 'ben', 'verify', 'ask.satchel'], { cwd })).toMatchObject({ status: 0 });
  });
});

/** Loses so many whole chunks of a repository's, as a failing disk does; how many bytes those had. */
function removeChunks(directory: string, count: number): number {
  const folder = path.join(directory, '.satchel', 'objects', 'blobs');
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name));
  const chunks = files.filter((file) => fs.statSync(file).size === MEBIBYTE).sort();
  expect(chunks.length).toBeGreaterThan(count);
  for (const file of chunks.slice(0, count)) fs.rmSync(file);
  return count * MEBIBYTE;
}
