// What is noticed before the first append, and what is not: one row for each way a home is copied, moved or restored
// (spec/repository.md, "Restored and copied repositories"). The table is printed.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Home, type HomeParts, system } from '../testkit/home.js';
import { makeExt4, mountExt4, mountOverlay, whyNoLoop, whyNoOverlay } from '../testkit/loop-mounts.js';
import { makeImage, mountImage, mountsAreRequired, whyNoMount } from '../testkit/mounts.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { stateJson } from '../testkit/state-json.js';

type Outcome = 'alarm' | 'no alarm' | 'unnoticed';

/** What happens to a home that has posted twice; where the next post comes from, and what it is to find. */
interface Row {
  readonly name: string;
  readonly outcome: Outcome;
  readonly cause?: string;
  /** Second copies of notes are kept. */
  readonly copies?: boolean;
  play(home: Home, scratch: string): Promise<Home> | Home;
}

/** What is run where something is unmounted must leave nothing open. */
const BUILT: HomeParts = { isBuilt: true };

const table: string[] = [];
afterAll(() => console.log(['', ...table].join('\n')));

const ROWS: readonly Row[] = [
  {
    name: 'rm -r, then cp -a of a backup of the whole home',
    outcome: 'alarm',
    cause: 'copied',
    play: async (home, scratch) => {
      const backup = path.join(scratch, 'backup');
      system('cp', '-a', home.directory, backup);
      await home.post('after the backup');
      system('rm', '-r', home.directory);
      system('cp', '-a', backup, home.directory);
      return home;
    },
  },
  {
    name: 'tar x of the whole home',
    outcome: 'alarm',
    cause: 'copied',
    play: async (home, scratch) => {
      const tar = path.join(scratch, 'backup.tar');
      system('tar', '-C', scratch, '-cf', tar, path.basename(home.directory));
      await home.post('after the backup');
      system('rm', '-r', home.directory);
      system('tar', '-C', scratch, '-xf', tar);
      return home;
    },
  },
  {
    name: 'rsync -a of the whole home into another place',
    outcome: 'alarm',
    cause: 'copied',
    play: (home, scratch) => {
      const elsewhere = path.join(scratch, 'elsewhere');
      system('rsync', '-a', `${home.directory}/`, `${elsewhere}/`);
      return home.with({}, elsewhere);
    },
  },
  {
    name: 'a second copy run beside the first: the copy',
    outcome: 'alarm',
    cause: 'copied',
    play: (home, scratch) => {
      system('cp', '-a', home.directory, path.join(scratch, 'second'));
      return home.with({}, path.join(scratch, 'second'));
    },
  },
  {
    name: 'a second copy run beside the first: the first, after the copy wrote',
    outcome: 'no alarm',
    play: async (home, scratch) => {
      system('cp', '-a', home.directory, path.join(scratch, 'second'));
      await home.with({}, path.join(scratch, 'second')).post('from the copy');
      return home;
    },
  },
  {
    name: 'a copy of the repository alone, with the note of the first',
    outcome: 'alarm',
    cause: 'copied',
    play: (home, scratch) => {
      system('cp', '-a', home.directory, path.join(scratch, 'second'));
      return home.with({ state: path.dirname(home.state) }, path.join(scratch, 'second'));
    },
  },
  {
    name: 'the repository alone restored over itself, file by file',
    outcome: 'alarm',
    cause: 'restored',
    play: async (home, scratch) => {
      const backup = path.join(scratch, 'backup');
      system('cp', '-a', home.file(), backup);
      await home.post('after the backup');
      restoreInPlace(backup, home.file());
      return home;
    },
  },
  {
    name: 'the whole home restored over itself, file by file, and a second copy of the note',
    outcome: 'alarm',
    cause: 'restored',
    copies: true,
    play: async (home, scratch) => {
      const backup = path.join(scratch, 'backup');
      system('cp', '-a', home.directory, backup);
      await home.post('after the backup');
      restoreInPlace(backup, home.directory);
      return home;
    },
  },
  {
    name: 'the whole home restored over itself, file by file, without a second copy',
    outcome: 'unnoticed',
    play: async (home, scratch) => {
      const backup = path.join(scratch, 'backup');
      system('cp', '-a', home.directory, backup);
      await home.post('after the backup');
      restoreInPlace(backup, home.directory);
      return home;
    },
  },
  {
    name: 'the note removed',
    outcome: 'alarm',
    cause: 'no-note',
    play: (home) => {
      fs.rmSync(home.state, { recursive: true });
      return home;
    },
  },
  {
    name: 'mv of the home',
    outcome: 'no alarm',
    play: (home, scratch) => {
      fs.renameSync(home.directory, path.join(scratch, 'moved'));
      return home.with({}, path.join(scratch, 'moved'));
    },
  },
  {
    name: 'mv of the repository alone',
    outcome: 'no alarm',
    play: (home, scratch) => {
      const moved = home.with({ state: path.dirname(home.state) }, path.join(scratch, 'moved'));
      fs.renameSync(home.file(), moved.file());
      return moved;
    },
  },
  {
    name: 'mv of the note alone',
    outcome: 'no alarm',
    play: (home, scratch) => {
      const moved = home.with({ state: path.join(scratch, 'moved') });
      fs.mkdirSync(path.join(scratch, 'moved'));
      fs.renameSync(home.state, moved.state);
      return moved;
    },
  },
  {
    name: 'chmod -R',
    outcome: 'no alarm',
    play: (home) => {
      system('chmod', '-R', 'go-rwx', home.directory);
      system('chmod', '-R', 'u+rwX', home.directory);
      return home;
    },
  },
  {
    name: 'chown -R',
    outcome: 'no alarm',
    play: (home) => {
      const user = process.getuid?.() ?? 0;
      system('chown', '-R', user === 0 ? '4321:4321' : String(user), home.directory);
      system('chown', '-R', String(user), home.directory);
      return home;
    },
  },
  {
    name: 'a hard-link backup (cp -al)',
    outcome: 'no alarm',
    play: async (home, scratch) => {
      system('cp', '-al', home.directory, path.join(scratch, 'links'));
      await home.post('after the backup');
      system('rm', '-r', path.join(scratch, 'links'));
      return home;
    },
  },
  {
    name: 'another machine id and boot id',
    outcome: 'no alarm',
    play: (home) => {
      const read = fs.readFileSync;
      const isOfMachine = (file: unknown): boolean => /machine-id|boot_id/.test(String(file));
      const other = ((file: never, ...rest: never[]) =>
        isOfMachine(file) ? 'of-another-one\n' : read(file, ...rest)) as typeof fs.readFileSync;
      fs.readFileSync = other;
      restore = () => {
        fs.readFileSync = read;
      };
      return home;
    },
  },
  {
    name: 'a clock set back by a year',
    outcome: 'no alarm',
    play: (home) => home.with({ now: Date.UTC(2025, 0, 1) }),
  },
];

/** Takes back what a row did to the machine. */
let restore = (): void => {};

describe('on the disk that tests run on', () => {
  for (const row of ROWS) {
    const reason = whyNot(row.name);
    it.skipIf(reason !== undefined && !mountsAreRequired())(`${row.name}: ${reason ?? row.outcome}`, async () => {
      expect(reason).toBeUndefined();
      const scratch = scratchDirectory();
      await judge(row, scratch, path.join(scratch, 'home'));
    });
  }
});

describe('on an ext4 file system of its own', () => {
  const reason = whyNoLoop();
  if (reason !== undefined && !mountsAreRequired()) {
    it.skip(`SKIPPED, cannot mount ext4: ${reason}`, () => {});
    return;
  }

  it('started anew: mounted again', async () => {
    const scratch = scratchDirectory();
    const disk = path.join(scratch, 'disk');
    makeExt4(path.join(scratch, 'image'));
    const unmount = mountExt4(path.join(scratch, 'image'), disk);
    const play = (home: Home): Home => {
      unmount();
      mountExt4(path.join(scratch, 'image'), disk);
      return home;
    };
    const row: Row = { name: 'reboot: the disk mounted again', outcome: 'no alarm', play };
    await judge(row, disk, path.join(disk, 'home'), BUILT);
  });

  it('rm -r and cp -a that are given the same inodes again', async () => {
    const scratch = scratchDirectory();
    const disk = path.join(scratch, 'disk');
    makeExt4(path.join(scratch, 'image'));
    mountExt4(path.join(scratch, 'image'), disk);
    const play = (home: Home): Home => {
      const note = noteOf(home);
      const inode = inodeOf(note);
      const backup = path.join(disk, 'backup');
      system('cp', '-a', home.directory, backup);
      system('rm', '-r', home.directory);
      const free = fileWith(inode, home.directory);
      system('cp', '-a', `${backup}/.`, home.directory);
      fs.rmSync(note);
      fs.rmSync(free);
      // all lower ones are taken, so the next file gets it
      fs.rmSync(fileWith(inode, home.directory));
      system('cp', '-a', path.join(backup, path.relative(home.directory, note)), note);
      expect(inodeOf(note)).toBe(inode);
      return home;
    };
    const name = 'rm -r, then cp -a, and an inode is used again';
    await judge({ name, outcome: 'alarm', cause: 'copied', play }, disk, path.join(disk, 'home'));
  });

  it('a copy of the whole image', async () => {
    const scratch = scratchDirectory();
    const disk = path.join(scratch, 'disk');
    makeExt4(path.join(scratch, 'image'));
    const unmount = mountExt4(path.join(scratch, 'image'), disk);
    const play = async (home: Home): Promise<Home> => {
      unmount();
      fs.copyFileSync(path.join(scratch, 'image'), path.join(scratch, 'backup'));
      const again = mountExt4(path.join(scratch, 'image'), disk);
      await home.post('after the backup');
      again();
      mountExt4(path.join(scratch, 'backup'), disk);
      return home;
    };
    const row: Row = { name: 'an image of the disk restored', outcome: 'unnoticed', play };
    await judge(row, disk, path.join(disk, 'home'), BUILT);
  });
});

describe('in a container', () => {
  const reason = whyNoOverlay();
  if (reason !== undefined && !mountsAreRequired()) {
    it.skip(`SKIPPED, cannot mount layers: ${reason}`, () => {});
    return;
  }

  it('a home that is in the image is a copy at the first post', async () => {
    const scratch = scratchDirectory();
    const image = path.join(scratch, 'image');
    const container = path.join(scratch, 'container');
    const play = (home: Home): Home => {
      mountOverlay(image, container);
      return home.with({}, path.join(container, 'home'));
    };
    const row: Row = { name: 'an image with the home in it, started', outcome: 'alarm', cause: 'copied', play };
    await judge(row, scratch, path.join(image, 'home'));
  });

  it('an identity that is in the image goes on in one log', async () => {
    const scratch = scratchDirectory();
    const image = path.join(scratch, 'image');
    const container = path.join(scratch, 'container');
    await new Home(path.join(image, 'home')).init();
    mountOverlay(image, container);
    const home = new Home(path.join(container, 'home'));
    const log = await home.post('first');
    for (let i = 0; i < 2; i++) expect([await home.post('more'), await home.renewed()]).toEqual([log, null]);
  });
});

describe('on a FAT file system that tells no birth times', () => {
  const reason = whyNoMount('fat');
  if (reason !== undefined && !mountsAreRequired()) {
    it.skip(`SKIPPED, cannot mount fat: ${reason}`, () => {});
    return;
  }

  it('nothing is made up', async () => {
    const scratch = scratchDirectory();
    const image = path.join(scratch, 'image');
    const disk = path.join(scratch, 'disk');
    makeImage('fat', image, 34);
    const mount = mountImage('fat', image, disk);
    const play = async (home: Home): Promise<Home> => {
      const { notes } = stateJson<{ notes: unknown }>(home.file('refs', 'notes.json'));
      expect(notes).toEqual([{ name: expect.any(String) }]);
      mount.unmount();
      mountImage('fat', image, disk);
      return home;
    };
    const name = 'a file system without birth times (fusefat), mounted again';
    await judge({ name, outcome: 'no alarm', play }, scratch, path.join(disk, 'home'), BUILT);
  });
});

/** Plays a row and compares; a new log is begun if, and only if, there is an alarm. */
async function judge(row: Row, scratch: string, place: string, parts: HomeParts = {}): Promise<void> {
  const copies = row.copies ? { copies: path.join(scratch, 'copies') } : {};
  const home = await new Home(place, { ...parts, ...copies }).init();
  const old = await home.post('first');
  expect(await home.post('second')).toBe(old);
  try {
    const next = await row.play(home, scratch);
    const log = await next.post('I am back');
    const renewed = await next.renewed();
    table.push(`${(log === old ? row.outcome : `alarm: ${renewed?.cause}`).padEnd(18)}${row.name}`);
    expect(renewed?.cause).toBe(row.cause);
    expect(log !== old).toBe(row.outcome === 'alarm');
    // whatever it was, it is noticed once
    expect(await next.post('and go on')).toBe(log);
  } finally {
    restore();
    restore = () => {};
  }
}

function whyNot(name: string): string | undefined {
  const isThere = !name.startsWith('rsync') || spawnSync('rsync', ['--version']).status === 0;
  return isThere ? undefined : 'SKIPPED, rsync is not installed';
}

/** The files that are in the backup get their content back, and stay the same files. */
function restoreInPlace(backup: string, place: string): void {
  for (const name of fs.readdirSync(backup, { recursive: true, encoding: 'utf8' })) {
    const from = path.join(backup, name);
    if (fs.statSync(from).isDirectory()) continue;
    fs.mkdirSync(path.dirname(path.join(place, name)), { recursive: true });
    fs.writeFileSync(path.join(place, name), fs.readFileSync(from));
  }
}

function noteOf(home: Home): string {
  const [note = ''] = fs.readdirSync(home.state);
  return path.join(home.state, note);
}

function inodeOf(file: string): bigint {
  return fs.statSync(file, { bigint: true }).ino;
}

/** Makes files in the directory until one has this inode. */
function fileWith(inode: bigint, directory: string): string {
  fs.mkdirSync(directory, { recursive: true });
  for (let i = 0; i < 2_000; i++) {
    const file = path.join(directory, `filler-${Math.random()}`);
    fs.writeFileSync(file, '');
    if (inodeOf(file) === inode) return file;
  }
  throw new Error(`no file got the inode ${inode}`);
}
