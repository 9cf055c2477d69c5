// The program stands below in parts, in a comment: what a command does not need is not compiled, because compiling all of it
// took longer than most commands do. build/ in the sources made this file. Its text is a CommonJS script, which Node starts
// faster, as well as an ES module, for where its name or its place makes it one.
'use strict';
if (!process.getBuiltinModule) {
  process.stderr.write(`satchel: error: needs Node 20.19 or newer, found ${process.version}\n`);
  process.exit(1);
}
const { compileFunction } = process.getBuiltinModule('node:vm');

// where each group of parts begins and ends, counted from the end of TEXT, on which line, and its first part
const GROUPS = [];
const FILE = typeof __filename === 'string' ? __filename : process.argv[1];
// the text of a function is at hand: nothing has to be read again
const TEXT = parts.toString();
const bodies = [];
const loaded = [];

/** What a part exports, or a module of Node. */
function need(part) {
  if (typeof part === 'string') return process.getBuiltinModule(part);
  if (!(part in loaded)) loaded[part] = bodyOf(part)();
  return loaded[part];
}

function bodyOf(part) {
  if (!(part in bodies)) {
    const [from, to, line, first] = GROUPS.findLast((group) => group[3] <= part);
    const code = TEXT.slice(TEXT.length - from, TEXT.length - to).replaceAll('*%/', '*/');
    // so that the places in a stack trace are those in this file
    const compiled = compileFunction(code, ['$need', '$load'], { filename: FILE, lineOffset: line });
    for (const [i, body] of compiled(need, async (later) => need(later)).entries()) bodies[first + i] = body;
  }
  return bodies[part];
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
