// What an import was given, archives replaced by the files in them: what is asynchronous about an import is done here, before
// anything is taken (spec/bundle.md, "Archives").
import { TAR_BLOCK } from '../../format/bundle/tar.js';
import { SatchelError } from '../../format/error.js';
import { mayBeArchive, mayBeText } from '../../format/file-kind.js';
import type { Archive, SkippedMember } from './archive/open.js';
import {
  FRONT_MAX,
  failingFile,
  type GivenFile,
  type GivenFiles,
  givenFile,
  STDIN,
  spoolGiven,
} from './given-files.js';
import { type OpenFile, openFile, type SpooledFile } from './source.js';

/** An archive among what was given. */
export interface GivenArchive {
  readonly file: string;
  readonly members: number;
  /** Files in it that are taken. */
  readonly found: number;
  readonly skipped: readonly SkippedMember[];
}

/** All files to take, until they are closed. */
export interface OpenGiven {
  readonly files: readonly GivenFile[];
  readonly passedOver: readonly string[];
  readonly archives: readonly GivenArchive[];
  close(): void;
}

/**
 * Opens what was given. Only a file that was named itself, or came by standard input, is looked into: in a directory there may
 * be any archives. What is wrong with one of them is told by who takes it.
 */
export async function openGiven(
  { files, named, passedOver }: GivenFiles,
  directory: () => Promise<string>,
  begin: (file: string) => void = () => {},
): Promise<OpenGiven> {
  const opening = new Opening(directory, begin);
  for (const file of files) await opening.add(file, named.has(file));
  return opening.done(passedOver);
}

class Opening {
  readonly #directory: () => Promise<string>;
  readonly #begin: (file: string) => void;
  readonly #files: GivenFile[] = [];
  readonly #archives: { readonly file: string; readonly archive: Archive }[] = [];

  constructor(directory: () => Promise<string>, begin: (file: string) => void) {
    this.#directory = directory;
    this.#begin = begin;
  }

  async add(file: string, isNamed: boolean): Promise<void> {
    try {
      if (file === STDIN) await this.#addStdin();
      else if (isNamed && isArchive(file)) await this.#addArchive(file);
      else if (!isNamed || !(await this.#addArmored(file))) this.#files.push(givenFile(file));
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
      this.#files.push(failingFile(file, error));
    }
  }

  done(passedOver: readonly string[]): OpenGiven {
    return {
      files: this.#files,
      passedOver: [...passedOver, ...this.#archives.flatMap(({ archive }) => archive.passedOver)],
      archives: this.#archives.map(({ file, archive }) => ({
        file,
        members: archive.members,
        found: archive.found,
        skipped: archive.skipped,
      })),
      close: () => {
        for (const { archive } of this.#archives) archive.close();
      },
    };
  }

  async #addArchive(file: string): Promise<void> {
    const source = openFile(file);
    try {
      await this.#unpack(file, source);
    } finally {
      source.close();
    }
  }

  /** It can be read but once: what is no archive is kept until it is taken. */
  async #addStdin(): Promise<void> {
    const spooled = spoolGiven(STDIN, await this.#directory());
    if (mayBeArchive(spooled.read(0, TAR_BLOCK))) {
      try {
        await this.#unpack(STDIN, spooled);
      } finally {
        spooled.close();
      }
    } else if (await this.#addFromText(STDIN, spooled)) spooled.close();
    else this.#files.push(alreadySpooled(STDIN, spooled));
  }

  /** Whether it is text with bundles in it; what cannot be read is told by who takes it. */
  async #addArmored(file: string): Promise<boolean> {
    let source: OpenFile | undefined;
    try {
      source = openFile(file);
    } catch (error) {
      if (error instanceof SatchelError) return false;
      throw error;
    }
    try {
      return await this.#addFromText(file, source);
    } finally {
      source.close();
    }
  }

  async #addFromText(file: string, source: OpenFile): Promise<boolean> {
    if (!mayBeText(source.read(0, Math.min(source.size, TAR_BLOCK)))) return false;
    const { armoredIn } = await import('./armored.js');
    const found = armoredIn(file, source);
    this.#files.push(...(found ?? []));
    return found !== undefined;
  }

  async #unpack(file: string, source: OpenFile): Promise<void> {
    this.#begin(file);
    const { openArchive } = await import('./archive/open.js');
    const archive = await openArchive(source, { archive: file, directory: await this.#directory() });
    this.#archives.push({ file, archive });
    this.#files.push(...archive.files);
  }
}

function alreadySpooled(file: string, spooled: SpooledFile): GivenFile {
  return {
    file,
    size: () => spooled.size,
    front: () => spooled.read(0, Math.min(spooled.size, FRONT_MAX)),
    spool: () => spooled,
  };
}

/** What cannot be read is told by who takes it. */
function isArchive(file: string): boolean {
  try {
    const source = openFile(file);
    try {
      return mayBeArchive(source.read(0, TAR_BLOCK));
    } finally {
      source.close();
    }
  } catch {
    return false;
  }
}
