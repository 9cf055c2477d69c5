// A look at a place from a process of its own: whether a drive is there, and whether anything in it has changed
// (spec/drive.md, "Watching"). A fifth of the cost of a visit, and it can hang without harm.
import { SatchelError } from '../../format/error.js';
import { decodeMarker } from '../drive/marker.js';
import { runChild } from './child.js';
import { ownScript } from './own-program.js';

/** What is missing at a place. */
interface Nothing {
  readonly kind: 'absent' | 'foreign';
}

/** What is at a place. */
export type Look =
  | {
      readonly kind: 'drive';
      readonly id: string;
      /** A stranger's word. */
      readonly label: string;
      /** Differs when names, sizes or times of its files do. */
      readonly print: string;
    }
  | Nothing
  /** A drive was here, and its marker tells nothing any more. */
  | { readonly kind: 'damaged' }
  /** No answer in time. */
  | { readonly kind: 'hanging' }
  | { readonly kind: 'unreadable'; readonly message: string };

/** The first word of the command line on which an executable looks (`lookHere()`); src/cli/main.ts knows it too. */
const LOOK_WORD = '__look';
const LOOK_LIMIT_MS = 30_000;

// Nothing of ours is loaded: 40 ms. It reads the marker and lists two folders; the visit looks closely.
const SCRIPT = `
const fs = require('node:fs'), path = require('node:path'), crypto = require('node:crypto');
const say = (value) => fs.writeSync(1, JSON.stringify(value));
const missing = (error) => error.code === 'ENOENT' || error.code === 'ENOTDIR';
const given = path.resolve(process.argv[1]);
const isFolder = path.basename(given) === 'satchel' && fs.existsSync(path.join(given, 'drive.json'));
const folder = isFolder ? given : path.join(given, 'satchel');
const read = (file) => {
  const stat = fs.lstatSync(file);
  return stat.isFile() && stat.size <= 4096 ? fs.readFileSync(file, 'utf8') : undefined;
};
const list = (directory, hash) => {
  let names;
  try { names = fs.readdirSync(directory); } catch (error) { if (missing(error)) return; throw error; }
  for (const name of names.filter((one) => /^[^.].*\\.(satchel|card)$/i.test(one)).sort().slice(0, 65536)) {
    const stat = fs.lstatSync(path.join(directory, name), { throwIfNoEntry: false });
    hash.update(name + '/' + stat?.size + '/' + stat?.mtimeMs + '\\n');
  }
};
const look = () => {
  try {
    if (!fs.statSync(process.argv[1]).isDirectory()) return { kind: 'absent' };
  } catch (error) { if (missing(error)) return { kind: 'absent' }; throw error; }
  let marker;
  try {
    if (!fs.lstatSync(folder).isDirectory()) return { kind: 'foreign' };
    marker = read(path.join(folder, 'drive.json'));
    if (marker === undefined) return { kind: 'foreign' };
  } catch (error) { if (missing(error)) return { kind: 'foreign' }; throw error; }
  const hash = crypto.createHash('sha256').update(marker);
  list(folder, hash);
  list(path.join(folder, 'people'), hash);
  return { kind: 'drive', marker, print: hash.digest('hex') };
};
try { say(look()); } catch (error) { say({ kind: 'unreadable', message: error.message }); }
`;

/** Looks at the directory; never rejects. */
export async function lookAt(directory: string, signal?: AbortSignal): Promise<Look> {
  const { program, words } = ownScript(SCRIPT, LOOK_WORD);
  const ended = await runChild(program, [...words, directory], { limitMs: LOOK_LIMIT_MS, signal });
  if (ended.isLate) return { kind: 'hanging' };
  const found = parse(ended.stdout) as { kind?: string; marker?: string; print?: string; message?: string } | undefined;
  if (found?.kind === 'absent' || found?.kind === 'foreign') return { kind: found.kind };
  if (found?.kind !== 'drive') return { kind: 'unreadable', message: found?.message ?? ended.stderr.trim() };
  const marker = markerOf(found.marker ?? '');
  if (typeof marker === 'string') return { kind: marker };
  return { kind: 'drive', id: marker.id, label: marker.label, print: found.print ?? '' };
}

/** What the other process does where it is this program again: looks, and prints what it saw. */
export function lookHere(directory: string): void {
  const look = new Function('require', 'process', SCRIPT) as (...given: readonly unknown[]) => void;
  look(process.getBuiltinModule, { argv: [process.execPath, directory] });
}

/** A drive of a later version is none here. */
function markerOf(text: string): ReturnType<typeof decodeMarker> {
  try {
    return decodeMarker(Buffer.from(text));
  } catch (error) {
    if (error instanceof SatchelError) return 'foreign';
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
