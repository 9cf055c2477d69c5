// People with a home each, and one stick between them: what the cases are played with, by the built program.
import fs from 'node:fs';
import path from 'node:path';
import { type Ended, type RunOptions, run } from '../cli/program.js';
import { scratchDirectory } from '../testkit/scratch.js';

/** A place of its own for one case. */
export class Scene {
  /** The mount point of the stick. */
  readonly stick: string;

  /** Everything of the case lies below the directory; by default one that goes when the test ends. */
  constructor(readonly directory: string = scratchDirectory()) {
    this.stick = path.join(directory, 'stick');
  }

  /** Runs the program as that person, whose home and state lie below `directory/NAME`. */
  as(who: string, args: readonly string[], options: Omit<RunOptions, 'cwd'> = {}): Ended {
    const cwd = path.join(this.directory, who);
    fs.mkdirSync(cwd, { recursive: true });
    return run(args, { ...options, cwd });
  }

  /** What must work. @throws Error with what it said when it does not */
  must(who: string, args: readonly string[], options: Omit<RunOptions, 'cwd'> = {}): string {
    const { status, stdout, stderr } = this.as(who, args, options);
    if (status !== 0) throw new Error(`${who}: satchel ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
    return stdout;
  }

  /** People who have accepted each other. */
  people(...names: readonly string[]): void {
    for (const name of names) this.must(name, ['init', '-q', '--name', name]);
    const cards = new Map(names.map((name) => [name, this.must(name, ['card']).trim()]));
    for (const name of names) {
      const others = names.filter((other) => other !== name).map((other) => cards.get(other) ?? '');
      if (others.length > 0) this.must(name, ['contact', 'add', '-q', ...others]);
    }
  }

  /** All of them in a topic that anybody may join who knows its name. */
  joined(topic: string, ...names: readonly string[]): void {
    for (const name of names) this.must(name, ['topic', 'join', '-q', topic]);
  }

  /** Makes the stick a drive. */
  drive(who: string, ...options: readonly string[]): void {
    fs.mkdirSync(this.stick, { recursive: true });
    this.must(who, ['drive', 'init', '-q', ...options, this.stick]);
  }

  /** A visit to the stick, whatever its outcome. */
  visit(who: string): Ended {
    return this.as(who, ['sync', this.stick]);
  }

  /** The texts somebody reads in a topic, in order. */
  texts(who: string, topic: string, ...more: readonly string[]): string[] {
    const lines = this.must(who, ['read', '-t', topic, '--json', ...more]).split('\n');
    const messages = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as { text?: string | null });
    return messages.flatMap(({ text }) => text ?? []);
  }
}
