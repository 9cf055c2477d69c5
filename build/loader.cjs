// What a command does not need is not compiled, because compiling all of the program took longer than most commands do: its
// parts stand in a comment. build/ in the sources made this file.
'use strict';
if (!process.getBuiltinModule) {
  process.stderr.write(`satchel: error: needs Node 20.19 or newer, found ${process.version}\n`);
  process.exit(1);
}
const fs = process.getBuiltinModule('node:fs');
const { Script } = process.getBuiltinModule('node:vm');

// of the file with what is compiled already (build/record.cjs), for each of two copies
const HEAD_BYTES = 16_384;
// a shorter text is compiled sooner than what was made of it is read
const SHORT = 1_024;

const fds = new Map();

// of all parts, SHA-256
const DIGEST = '';
// where each group of parts begins and ends, counted from the end of TEXT, on which line, and its first part
const GROUPS = [];
// where the whole program stands
const FILE = typeof __filename === 'string' ? __filename : process.argv[1];
// the text of a function is at hand: nothing has to be read again
const TEXT = parts.toString();
const bodies = [];
const loaded = [];
let compiled;

/** What a part exports, or a module of Node. */
function need(part) {
  if (typeof part === 'string') return process.getBuiltinModule(part);
  if (!(part in loaded)) loaded[part] = bodyOf(part)();
  return loaded[part];
}

function bodyOf(part) {
  if (!(part in bodies)) {
    const number = GROUPS.findLastIndex((group) => group[3] <= part);
    const [from, to, line, first] = GROUPS[number];
    const code = TEXT.slice(TEXT.length - from, TEXT.length - to).replaceAll('*%/', '*/');
    // so that the places in a stack trace are those in the whole program
    const options = { filename: FILE, lineOffset: line, cachedData: code.length < SHORT ? undefined : madeOf(number) };
    const group = new Script(`(function($need,$load){${code}})`, options).runInThisContext();
    for (const [i, body] of group(need, async (later) => need(later)).entries()) bodies[first + i] = body;
  }
  return bodies[part];
}

/** What this very Node made of a group when the program was built; undefined when it was another, or the file is gone. */
function madeOf(number) {
  try {
    compiled ??= readPlaces();
    const [from, to] = compiled[number] ?? [];
    return from && readTwice(from, to);
  } catch {
    // it is only faster with it
    compiled = [];
    return undefined;
  }
}

function readPlaces() {
  const { made, places } = JSON.parse(readTwice(0, HEAD_BYTES)?.latin1Slice() ?? '{}');
  const node = [process.version, process.arch, process.platform, fs.statSync(process.execPath).size];
  return made === [DIGEST, ...node].join() ? places : [];
}

/**
 * Everything stands there twice, and counts when both are alike: what has rotten would crash Node, or worse, and to load
 * a module that computes checksums takes longer than to read all of it.
 */
function readTwice(from, to) {
  const bytes = readPart(`${FILE.replace(/\.[cm]js$/, '')}.compiled`, from, 2 * (to - from));
  const first = bytes.subarray(0, to - from);
  return first.equals(bytes.subarray(to - from)) ? first : undefined;
}

function readPart(file, from, length) {
  if (!fds.has(file)) {
    fds.set(file, fs.openSync(file));
    // no handle stays open: the program may lie on a drive
    setImmediate(() => {
      fs.closeSync(fds.get(file));
      fds.delete(file);
      compiled = undefined;
    });
  }
  const bytes = Buffer.allocUnsafeSlow(length);
  return bytes.subarray(0, fs.readSync(fds.get(file), bytes, 0, length, from));
}

// as it is when a module's top level never settles
process.exitCode = 13;
need(0)
  .run(process.argv.slice(2))
  .then((exit) => {
    process.exitCode = exit;
  });

// never called: what stands in it is not for Node
function parts() {
  /*
PARTS
   */
}
