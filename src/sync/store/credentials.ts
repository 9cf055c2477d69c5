// What opens a place at a URL: an entry in a file in the form of netrc, which a setting names. Never a word of a command line, a
// part of a URL, or anything that is remembered (spec/cli.md, "Credentials").
import os from 'node:os';
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';

const FILE_MAX = 1_048_576;
const READABLE_BY_OTHERS = 0o077;
const BY_VARIABLE = 'env:';

/** Where credentials are kept when the setting says nothing. */
export const USUAL_CREDENTIALS = '~/.netrc';

/** Where to look. */
export interface CredentialsPlace {
  /** A file, `~` being the home folder; with `env:` in front the name of a variable that holds what would stand in it. */
  readonly named: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Who to be there. */
export interface Credentials {
  readonly login: string;
  readonly password: string;
}

/**
 * The credentials for a host, of this login if one is given; undefined when there are none.
 * @throws SatchelError `usage` when what is named is not there, `denied` when others may read it
 */
export function credentialsFor(
  { host, login }: { readonly host: string; readonly login?: string | undefined },
  place: CredentialsPlace,
): Credentials | undefined {
  const text = credentialsText(place);
  return parseNetrc(text).find((entry) => entry.machine === host && (login === undefined || entry.login === login));
}

/** What stands at such a place. @throws SatchelError as `credentialsFor` */
export function credentialsText({ named, env }: CredentialsPlace): string {
  if (!named.startsWith(BY_VARIABLE)) return contentOf(named);
  const name = named.slice(BY_VARIABLE.length);
  const text = env[name];
  if (text !== undefined) return text;
  throw new SatchelError('usage', `drive.credentials names the variable ${name}, which is not set`, {
    hint: 'set it, or name a file with "satchel config set drive.credentials"',
  });
}

function contentOf(named: string): string {
  const file = named.replace(/^~(?=[\\/])/, os.homedir());
  const stat = onDisk(`reading ${file}`, () => disk.stat(file));
  if (!stat && named === USUAL_CREDENTIALS) return '';
  if (!stat?.isFile() || stat.size > FILE_MAX)
    throw new SatchelError('usage', `drive.credentials names ${file}, which is no such file`, {
      hint: '"satchel config set drive.credentials FILE" names another',
    });
  if (process.platform !== 'win32' && (stat.mode & READABLE_BY_OTHERS) !== 0)
    throw new SatchelError('denied', `${file} holds passwords, and others may read it`, {
      hint: `chmod 600 ${path.basename(file)}`,
    });
  return onDisk(`reading ${file}`, () => disk.content(file)).toString('utf8');
}

interface Entry extends Credentials {
  readonly machine: string;
}

/** Entries that are complete. What counts for any machine is passed over: a password goes to nobody it was not meant for. */
function parseNetrc(text: string): Entry[] {
  const words = linesThatCount(text)
    .join('\n')
    .match(/"(?:[^"\\]|\\.)*"|\S+/g);
  const entries: { machine?: string; login?: string; password?: string }[] = [];
  const left = (words ?? []).map(unquoted).reverse();
  for (let word = left.pop(); word !== undefined; word = left.pop()) {
    if (word === 'machine') entries.push({ machine: left.pop() ?? '' });
    else if (word === 'default') entries.push({});
    else if (word === 'login' || word === 'password') Object.assign(entries.at(-1) ?? {}, { [word]: left.pop() });
  }
  return entries.flatMap(({ machine, login, password }) =>
    machine === undefined || login === undefined || password === undefined ? [] : [{ machine, login, password }],
  );
}

/** Without comments, and macros of a program for FTP, which end with an empty line. */
function linesThatCount(text: string): string[] {
  let isMacro = false;
  return text.split(/\r?\n/).filter((line) => {
    const [word = ''] = line.trimStart().split(/\s/, 1);
    isMacro = word === 'macdef' || (isMacro && word !== '');
    return !isMacro && !word.startsWith('#');
  });
}

function unquoted(word: string): string {
  return word.length > 1 && word.startsWith('"') && word.endsWith('"')
    ? word.slice(1, -1).replaceAll(/\\(.)/g, '$1')
    : word;
}
