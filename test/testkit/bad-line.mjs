// A line that is bad, as a program: runs what stands behind its first words, and passes on what goes to it and comes from it.
//   bad-line.mjs bytes|flip|cut AT COMMAND...
// bytes: one at a time, and each later than the one before; flip: one bit is another one, AT bits from the beginning of what goes
// there; cut: nothing more passes either way behind AT bytes, and it ends.
import { spawn } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';

const [how, at, program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
let passed = 0;

async function* changed(bytes) {
  if (how === 'bytes') {
    for (const byte of bytes) {
      await setImmediate();
      yield Buffer.of(byte);
    }
    return;
  }
  const offset = (how === 'flip' ? Math.floor(at / 8) : Number(at)) - passed;
  passed += bytes.length;
  const isHere = offset >= 0 && offset < bytes.length;
  if (how === 'flip' && isHere) bytes[offset] ^= 1 << (at % 8);
  if (how !== 'cut' || !isHere) return yield bytes;
  yield bytes.subarray(0, offset);
  child.kill();
  process.exit(1);
}

async function pass(from, to, change) {
  for await (const bytes of from) for await (const piece of change(bytes)) to.write(piece);
  to.end();
}

child.stdin.on('error', () => {});
process.stdout.on('error', () => {});
child.on('exit', (status) => process.exit(status ?? 1));
void pass(process.stdin, child.stdin, changed);
void pass(child.stdout, process.stdout, how === 'bytes' ? changed : (bytes) => [bytes]);
