// The program stands below in parts, in a comment: what a command does not need is not compiled, because compiling all of it
// took longer than most commands do. build/ in the sources made this file. Its text is a CommonJS script, which Node starts
// faster, as well as an ES module, for where its name or its place makes it one.
'use strict';
if (!process.getBuiltinModule) {
  process.stderr.write(`satchel: error: needs Node 20.19 or newer, found ${process.version}\n`);
  process.exit(1);
}
const fs = process.getBuiltinModule('node:fs');
const { Script } = process.getBuiltinModule('node:vm');

// of the file that stands beside this one (build/compile.ts)
const HEAD_BYTES = 32_768;
// a shorter text is compiled sooner than what was made of it is read
const SHORT = 4_096;

// of all parts, SHA-256
const DIGEST = '';
// where each group of parts begins and ends, counted from the end of TEXT, on which line, and its first part
const GROUPS = [];
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
    // so that the places in a stack trace are those in this file
    const cachedData = number === 0 || code.length < SHORT ? undefined : compiledGroup(number);
    const options = { filename: FILE, lineOffset: line, cachedData };
    const group = new Script(`(function($need,$load){${code}})`, options).runInThisContext();
    for (const [i, body] of group(need, async (later) => need(later)).entries()) bodies[first + i] = body;
  }
  return bodies[part];
}

/** What this very Node made of a group when the program was built; undefined when it was another, or the file is gone. */
function compiledGroup(number) {
  try {
    compiled ??= readCompiled(0, HEAD_BYTES, headOf);
    const [from, to, digest] = compiled[number] ?? [];
    return digest && readCompiled(from, to, (bytes) => (digestOf(bytes) === digest ? bytes : undefined));
  } catch {
    // it is only faster with it
    compiled = [];
    return undefined;
  }
}

/** Where the pieces lie. */
function headOf(bytes) {
  const [digest, text = ''] = bytes.latin1Slice().split('\n');
  const { made, pieces } = JSON.parse(text);
  const node = [process.version, process.arch, process.platform, fs.statSync(process.execPath).size];
  return digestOf(text) === digest && made === [DIGEST, ...node].join() ? pieces : [];
}

/** No handle stays open: the program may lie on a drive. */
function readCompiled(from, to, use) {
  const fd = fs.openSync(`${FILE.replace(/\.[cm]js$/, '')}.compiled`);
  try {
    const bytes = Buffer.allocUnsafeSlow(to - from);
    return use(bytes.subarray(0, fs.readSync(fd, bytes, 0, bytes.length, from)));
  } finally {
    fs.closeSync(fd);
  }
}

// a rotten piece would crash Node, or worse
function digestOf(bytes) {
  return process.getBuiltinModule('node:crypto').hash('sha256', bytes);
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
