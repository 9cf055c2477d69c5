// Ten Scuttlebutt feeds in one ssb-db2. node ssb.cjs append|dump|import|tail|read|post DIRECTORY [ARGUMENT]
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const { createRequire } = require('node:module');
const load = createRequire(__filename);
const caps = load('ssb-caps');
const ssbKeys = load('ssb-keys');
const SecretStack = load('secret-stack');

const TAIL = 50;
const BATCH = 1_000;
const [action, directory, argument] = process.argv.slice(2);
const ACTIONS = { append, dump, import: importAll, tail, read, post };

run().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

async function run() {
  const keys = ssbKeys.loadOrCreateSync(path.join(directory, 'secret'));
  const sbot = SecretStack({ appKey: caps.shs })
    .use(load('ssb-db2'))
    .call(null, { keys, path: directory, db2: { automigrate: false } });
  await ACTIONS[action](sbot);
  await promisify(sbot.db.getLog().onDrain)();
  await promisify(sbot.close)(true);
}

/** Appends the messages of an NDJSON file, each signed by its author. */
async function append(sbot) {
  const keysOf = new Map();
  const create = promisify(sbot.db.create);
  let waiting = [];
  for (const line of fs.readFileSync(argument, 'utf8').split('\n').filter(Boolean)) {
    const { author, text, reply } = JSON.parse(line);
    if (!keysOf.has(author)) keysOf.set(author, ssbKeys.generate(null, author.padEnd(32, '.')));
    const content = { type: 'post', text, ...(reply && { reply }) };
    waiting.push(create({ keys: keysOf.get(author), content, feedFormat: 'classic' }));
    if (waiting.length >= BATCH) {
      await Promise.all(waiting);
      waiting = [];
    }
  }
  await Promise.all(waiting);
}

/** Writes all messages to a file, as they would go over a wire. */
async function dump(sbot) {
  const out = fs.openSync(argument, 'w');
  for (const { value } of await all(sbot)) fs.writeSync(out, `${JSON.stringify(value)}\n`);
  fs.closeSync(out);
}

/** Takes in and verifies what `dump` wrote. */
async function importAll(sbot) {
  const byAuthor = new Map();
  for (const line of fs.readFileSync(argument, 'utf8').split('\n').filter(Boolean)) {
    const value = JSON.parse(line);
    if (!byAuthor.has(value.author)) byAuthor.set(value.author, []);
    byAuthor.get(value.author).push(value);
  }
  const addBatch = promisify(sbot.db.addBatch);
  for (const values of byAuthor.values()) {
    values.sort((a, b) => a.sequence - b.sequence);
    for (let i = 0; i < values.length; i += BATCH) await addBatch(values.slice(i, i + BATCH));
  }
}

async function tail(sbot) {
  const { where, type, descending, paginate, toPromise } = sbot.db.operators;
  const { results } = await sbot.db.query(where(type('post')), descending(), paginate(TAIL), toPromise());
  for (const { value } of results.reverse()) console.log(value.author, value.content.text);
}

async function read(sbot) {
  for (const { value } of await all(sbot)) process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function post(sbot) {
  await promisify(sbot.db.create)({ keys: sbot.config.keys, content: { type: 'post', text: argument } });
}

function all(sbot) {
  const { where, type, toPromise } = sbot.db.operators;
  return sbot.db.query(where(type('post')), toPromise());
}
