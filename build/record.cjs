// Loaded before the program (node --require): when it ends, what Node has compiled of it by then is added to the file that
// the program reads at its next start (loader.cjs).
'use strict';
const fs = require('node:fs');
const vm = require('node:vm');

const HEAD_BYTES = 16_384;
const [, PROGRAM] = process.argv;
const FILE = PROGRAM.replace(/\.[cm]js$/, '.compiled');
const scripts = new Map();

vm.Script = class extends vm.Script {
  constructor(code, options) {
    super(code, options);
    scripts.set(options.lineOffset, this);
  }
};

process.on('exit', () => {
  const text = fs.readFileSync(PROGRAM, 'utf8');
  const groups = JSON.parse(/^const GROUPS = (.*);$/m.exec(text)[1]);
  const [, digest] = /^const DIGEST = '(\w+)';$/m.exec(text);
  const known = piecesOf(groups);
  const pieces = groups.map(([, , line], i) => scripts.get(line)?.createCachedData() ?? known[i]);
  const node = [process.version, process.arch, process.platform, fs.statSync(process.execPath).size];
  const head = JSON.stringify({ made: [digest, ...node].join(), places: placesOf(pieces) });
  if (head.length > HEAD_BYTES) throw new Error('HEAD_BYTES is too little for so many groups');
  const all = [Buffer.from(head.padEnd(HEAD_BYTES)), ...pieces.filter(Boolean)];
  fs.writeFileSync(FILE, Buffer.concat(all.flatMap((bytes) => [bytes, bytes])));
});

/** Where the first of each two copies begins and ends. */
function placesOf(pieces) {
  let end = 2 * HEAD_BYTES;
  return pieces.map((bytes) => {
    if (!bytes) return null;
    const from = end;
    end += 2 * bytes.length;
    return [from, from + bytes.length];
  });
}

/** What earlier commands have left, by group. */
function piecesOf(groups) {
  if (!fs.existsSync(FILE)) return [];
  const file = fs.readFileSync(FILE);
  const { places } = JSON.parse(file.latin1Slice(0, HEAD_BYTES));
  return groups.map((_, i) => places[i] && file.subarray(...places[i]));
}
