// Work that never changes and has nothing of ours in it: what it takes here and now says how fast this machine is while
// something else is measured. Of the kinds that the cases are made of: strings, maps, JSON, hashes, memory that comes and goes.
const { createHash } = require('node:crypto');

const bytes = Buffer.alloc(4_194_304, 'hostile');
const seen = new Map();
for (let i = 0; i < 30_000; i++) {
  bytes.writeUInt32BE(i, i * 64);
  const key = bytes.toString('hex', i * 64, i * 64 + 32);
  seen.set(key, { first: i, end: i + 1, id: key.slice(32) });
}
const text = JSON.stringify([...seen.values()]);
const parsed = JSON.parse(text);
for (let i = 0; i < 4; i++) createHash('sha256').update(bytes).digest();
const { user, system } = process.cpuUsage();
if (parsed.length !== 30_000) process.exitCode = 1;
process.stdout.write(`${(user + system) / 1_000}\n`);
