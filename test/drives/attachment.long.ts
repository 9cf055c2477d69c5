// An attachment that is larger than the stick, carried with the built program over a real FAT32 file system in several
// trips (spec/drive.md, "Space"). Where nothing can be mounted it is skipped and says so; SATCHEL_REQUIRE_MOUNTS=1 makes
// that a failure.
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../cli/program.js';
import { checkImage, type Mount, makeImage, mountImage, mountsAreRequired, whyNoMount } from '../testkit/mounts.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn } from '../testkit/stick.js';

const MEBIBYTE = 1_048_576;
const STICK_MIB = 40;
const FILE_MIB = 90;
/** So much of a stick may stay unused in a trip: what is reserved, the file system's own, and less than a chunk. */
const WASTE_MIB = 5;
/** Runs of the program that take so much more memory than one with a word in it hold on to what they carry. */
const MEMORY_RATIO = 2;
const LIMIT_MS = 180_000;
/** Writes down the most memory that a process took, in KiB; what getrusage tells begins with what its parent had. */
const WATCH_MEMORY = `import fs from 'node:fs';
const peak = () => /VmHWM:\\s*(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1];
process.on('exit', () => fs.appendFileSync(process.env.PEAKS, peak() + '\\n'));`;

interface Visit {
  readonly bundles: readonly { readonly messages: number; readonly error: unknown }[];
  readonly blobs: { readonly new: number; readonly skipped: number };
  readonly export: { readonly blobs: Tally; readonly blobsLeft: Tally } | null;
  readonly touched: boolean;
}

interface Tally {
  readonly count: number;
  readonly bytes: number;
}

const reason = whyNoMount('fat');
if (reason !== undefined && !mountsAreRequired()) {
  it.skip(`SKIPPED, cannot mount fat: ${reason}`, () => {});
} else {
  it('a file larger than the stick arrives in several trips, text first', { timeout: LIMIT_MS }, () => {
    expect(reason).toBeUndefined();
    const trips = new Trips(scratchDirectory());
    const id = trips.attach(FILE_MIB);
    expect(trips.visit('ana').export?.blobsLeft.count).toBeGreaterThan(0);
    expect(trips.read('ben'), 'text is there with the first trip').toEqual([]);
    let count = 1;
    for (let left = true; left; count++) {
      trips.carry();
      const [first] = [trips.visit('ben')];
      expect(first.blobs.new).toBeGreaterThan(0);
      if (count === 1) expect(trips.read('ben')).toEqual(['the film']);
      trips.carry();
      left = (trips.visit('ana').export?.blobs.count ?? 0) > 0;
    }
    expect(count - 1).toBe(Math.ceil(FILE_MIB / (STICK_MIB - WASTE_MIB)));
    trips.expectIdentical(id);
    trips.expectRest();
    trips.expectFlatMemory();
  });
}

/** Ana and Ben, who share nothing but a stick that is mounted now here, now there. */
class Trips {
  readonly #cwd: string;
  readonly #image: string;
  readonly #small: number;
  #stick: Mount;
  #mounts = 0;
  #digest = '';

  constructor(cwd: string) {
    this.#cwd = cwd;
    this.#image = path.join(cwd, 'image');
    fs.writeFileSync(path.join(cwd, 'watch-memory.mjs'), WATCH_MEMORY);
    makeImage('fat', this.#image, STICK_MIB);
    this.#stick = this.#mount();
    for (const name of ['ana', 'ben']) {
      this.#run(['-C', name, 'init', '--name', name]);
      this.#run(['-C', name, 'card', '-o', `${name}.card`]);
      this.#run(['-C', name, 'topic', 'join', 'garden']);
    }
    this.#run(['-C', 'ana', 'contact', 'add', 'ben.card']);
    this.#run(['-C', 'ben', 'contact', 'add', 'ana.card']);
    this.#run(['-C', 'ana', 'drive', 'init', this.#stick.directory, '--for', 'ben']);
    this.#run(['-C', 'ana', 'post', '-t', 'garden', 'a word']);
    for (const name of ['ana', 'ben', 'ana']) this.visit(name);
    this.#small = Math.max(...this.#peaks());
    fs.rmSync(path.join(cwd, 'peaks'));
  }

  /** Ana posts a file of so many MiB that no compressor makes smaller; returns the message's id. */
  attach(mebibytes: number): string {
    const bytes = randomBytes(mebibytes * MEBIBYTE + 1);
    this.#digest = createHash('sha256').update(bytes).digest('hex');
    fs.writeFileSync(path.join(this.#cwd, 'film.mp4'), bytes);
    const posted = this.#run(['-C', 'ana', 'post', '-t', 'garden', 'the film', '--attach', 'film.mp4', '--json']);
    return (JSON.parse(posted) as { id: string }).id;
  }

  /** One visit; what found no room is no failure. */
  visit(name: string): Visit {
    const out = this.#run(['-C', name, 'sync', this.#stick.directory, '--json'], [0, 3]);
    const [visit] = (JSON.parse(out) as { drives: Visit[] }).drives;
    if (!visit) throw new Error('no visit');
    expect(visit.bundles.filter(({ error }) => error)).toEqual([]);
    expect(visit.blobs.skipped).toBe(0);
    return visit;
  }

  /** Pulls the stick out in good order and mounts it as on another computer. */
  carry(): void {
    this.#stick.unmount();
    expect(checkImage('fat', this.#image)).toBe('');
    this.#stick = this.#mount();
  }

  /** Texts that have something attached. */
  read(name: string): string[] {
    const lines = this.#run(['-C', name, 'read', '-t', 'garden', '--json']).trim().split('\n');
    const messages = lines.filter(Boolean).map((line) => JSON.parse(line) as { text: string; attachments: unknown[] });
    return messages.filter(({ attachments }) => attachments.length > 0).map(({ text }) => text);
  }

  expectIdentical(id: string): void {
    this.#run(['-C', 'ben', 'get', id, '-o', 'copy.mp4']);
    const copy = createHash('sha256').update(fs.readFileSync(path.join(this.#cwd, 'copy.mp4')));
    expect(copy.digest('hex')).toBe(this.#digest);
  }

  /** Two more visits change nothing, and the stick holds next to nothing. */
  expectRest(): void {
    for (const name of ['ben', 'ana']) this.visit(name);
    for (const name of ['ben', 'ana']) expect(this.visit(name).touched, `${name} touches nothing`).toBe(false);
    const sizes = bundlesOn(this.#stick.directory).map(
      (name) => fs.statSync(path.join(this.#stick.directory, 'satchel', name)).size,
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MEBIBYTE);
  }

  expectFlatMemory(): void {
    const peak = Math.max(...this.#peaks());
    const words = `${Math.round(peak / 1_024)} MiB, with a word in place of the file ${Math.round(this.#small / 1_024)} MiB`;
    console.log(`peak memory of a visit: ${words}`);
    expect(peak / this.#small, words).toBeLessThan(MEMORY_RATIO);
  }

  #peaks(): number[] {
    return fs.readFileSync(path.join(this.#cwd, 'peaks'), 'utf8').trim().split('\n').map(Number);
  }

  #mount(): Mount {
    return mountImage('fat', this.#image, path.join(this.#cwd, `stick-${this.#mounts++ % 2}`));
  }

  #run(args: readonly string[], allowed: readonly number[] = [0]): string {
    const watch = `--import=${path.join(this.#cwd, 'watch-memory.mjs')}`;
    const env = { NODE_OPTIONS: watch, PEAKS: path.join(this.#cwd, 'peaks') };
    const { status, stdout, stderr } = run(args, { cwd: this.#cwd, env });
    expect(allowed, `satchel ${args.join(' ')}: ${stderr}`).toContain(status);
    return stdout;
  }
}
