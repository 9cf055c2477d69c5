// What stands in the place of the program's text in the file that starts it: all of it lies beside, and to read all of it
// would take longer than some commands do.
const FILE = process.getBuiltinModule('node:path').join(__dirname, 'satchel.mjs');
// biome-ignore lint/correctness/noUnusedVariables: the loader around it reads it
const TEXT = textBeside();

/** A string as far as the program reads it. */
function textBeside() {
  // its length, and where the digest of its parts stands
  const [length, digestAt] = PLACES;
  const fail = () => {
    process.stderr.write(`satchel: error: ${FILE} has to lie beside ${__filename}, from the same build\n`);
    process.exit(1);
  };
  const isOurs = () => readPart(FILE, digestAt, DIGEST.length).latin1Slice() === DIGEST;
  const slice = (from, to) => {
    // what runs for days may see its program replaced
    if (!isOurs()) throw new Error(`${FILE} has changed since this started: start it again`);
    return readPart(FILE, from, to - from).latin1Slice();
  };
  if (!fs.statSync(FILE, { throwIfNoEntry: false }) || !isOurs()) fail();
  return { length, slice };
}
