// Ten hypercores, one for each author. node hypercore.cjs append|appendOne|copy|tail|read|post DIRECTORY [ARGUMENT]
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');
const Hypercore = createRequire(__filename)('hypercore');

const TAIL = 50;
const [action, directory, argument] = process.argv.slice(2);
const ACTIONS = { append, appendOne, copy, tail, read, post };
ACTIONS[action]().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

/** Appends each author's lines of an NDJSON file as one batch, all in this process. */
async function append() {
  const blocks = new Map();
  for (const line of fs.readFileSync(argument, 'utf8').split('\n').filter(Boolean)) {
    const { author } = JSON.parse(line);
    if (!blocks.has(author)) blocks.set(author, []);
    blocks.get(author).push(Buffer.from(line));
  }
  for (const [author, own] of blocks) {
    const core = await open(directory, author);
    await core.append(own);
    await core.close();
  }
}

/** Appends an NDJSON file, all of it by the author it is named after, as one batch. */
async function appendOne() {
  const core = await open(directory, path.basename(argument, '.ndjson'));
  const lines = fs.readFileSync(argument, 'utf8').split('\n').filter(Boolean);
  await core.append(lines.map((line) => Buffer.from(line)));
  await core.close();
}

/** Replicates all cores into another directory; every block is verified on arrival. */
async function copy() {
  for (const author of authors()) {
    const from = await open(directory, author);
    const to = await open(argument, author, from.key);
    const [left, right] = [from.replicate(true), to.replicate(false)];
    left.pipe(right).pipe(left);
    await to.update({ wait: true });
    await to.download({ start: 0, end: from.length }).done();
    if (to.length !== from.length) throw new Error('not everything has arrived');
    await Promise.all([from.close(), to.close()]);
    left.destroy();
    right.destroy();
  }
}

/** The newest messages of all. */
async function tail() {
  const messages = [];
  for (const author of authors()) {
    const core = await open(directory, author);
    for (let i = Math.max(0, core.length - TAIL); i < core.length; i++) messages.push(JSON.parse(await core.get(i)));
    await core.close();
  }
  messages.sort((a, b) => a.time - b.time);
  for (const { author, text } of messages.slice(-TAIL)) console.log(author, text);
}

/** Everything, core by core. */
async function read() {
  for (const author of authors()) {
    const core = await open(directory, author);
    for await (const block of core.createReadStream()) process.stdout.write(`${block}\n`);
    await core.close();
  }
}

async function post() {
  const [author] = authors();
  const core = await open(directory, author);
  await core.append(Buffer.from(JSON.stringify({ author, time: Date.now(), text: argument })));
  await core.close();
}

function authors() {
  return fs.readdirSync(directory).sort();
}

async function open(parent, author, key) {
  const core = key ? new Hypercore(path.join(parent, author), key) : new Hypercore(path.join(parent, author));
  await core.ready();
  return core;
}
