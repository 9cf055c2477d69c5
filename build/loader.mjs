// The program stands below in parts, as comments: what a command does not need is not compiled, because compiling all of it
// took longer than most commands do. build/ in the sources made this file.
if (!process.getBuiltinModule) {
  process.stderr.write(`satchel: error: needs Node 20.19 or newer, found ${process.version}\n`);
  process.exit(1);
}
const { readFileSync } = process.getBuiltinModule('node:fs');
const { fileURLToPath } = process.getBuiltinModule('node:url');
const { compileFunction } = process.getBuiltinModule('node:vm');

// name: [where it begins and ends, counted from the end of this file, and on which line]
const PARTS = {};
const FILE = fileURLToPath(import.meta.url);
const TEXT = readFileSync(FILE, 'latin1');
const loaded = new Map();

function need(name) {
  let exported = loaded.get(name);
  if (exported === undefined) {
    exported = Object.hasOwn(PARTS, name) ? evaluate(PARTS[name]) : process.getBuiltinModule(name);
    loaded.set(name, exported);
  }
  return exported;
}

function evaluate([from, to, line]) {
  const code = TEXT.slice(TEXT.length - from, TEXT.length - to).replaceAll('\n//', '\n');
  // so that the places in a stack trace are those in this file
  const options = { filename: FILE, lineOffset: line, columnOffset: 2 };
  const part = compileFunction(code, ['$need', '$load', '$url'], options);
  return part(need, async (name) => need(name), import.meta.url);
}

process.exitCode = await need('main').run(process.argv.slice(2));
