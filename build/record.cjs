// Loaded before the program (node --require): when it ends, what Node has compiled of it by then is added to the file that
// the program reads at its next start (loader.cjs).
'use strict';
const { hash } = require('node:crypto');
const fs = require('node:fs');
const vm = require('node:vm');

const HEAD_BYTES = 32_768;
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
  const [, program] = /^const DIGEST = '(\w+)';$/m.exec(text);
  const known = piecesOf(groups);
  // the first is compiled at every start: whether the rest is needed shows only then
  const all = groups.map(([, , line], i) =>
    i === 0 ? undefined : (scripts.get(line)?.createCachedData() ?? known[i]),
  );
  let end = HEAD_BYTES;
  const places = all.map((bytes) => {
    if (!bytes) return null;
    end += bytes.length;
    return [end - bytes.length, end, hash('sha256', bytes)];
  });
  const node = [process.version, process.arch, process.platform, fs.statSync(process.execPath).size];
  const head = JSON.stringify({ made: [program, ...node].join(), pieces: places });
  if (head.length + 66 > HEAD_BYTES) throw new Error('HEAD_BYTES is too little for so many groups');
  const begin = Buffer.alloc(HEAD_BYTES, `${hash('sha256', head)}\n${head}\n`.padEnd(HEAD_BYTES));
  fs.writeFileSync(FILE, Buffer.concat([begin, ...all.filter(Boolean)]));
});

/** What earlier commands have left, by group. */
function piecesOf(groups) {
  if (!fs.existsSync(FILE)) return [];
  const file = fs.readFileSync(FILE);
  const { pieces } = JSON.parse(file.latin1Slice(0, HEAD_BYTES).split('\n')[1]);
  return groups.map((_, i) => pieces[i] && file.subarray(pieces[i][0], pieces[i][1]));
}
