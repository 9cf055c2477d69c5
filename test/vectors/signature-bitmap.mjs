// Answers every case of a signature fixture with a bundle of src/format/signature/signature.ts, on whatever Node runs this:
// `node signature-bitmap.mjs BUNDLE FIXTURE` prints one JSON line. run-on-nodes.mjs compares the lines.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [bundle, fixture] = process.argv.slice(2);
const signatures = await import(pathToFileURL(bundle).href);
const { vectors } = JSON.parse(readFileSync(fixture, 'utf8'));

const before = performance.now();
const platformChosen = signatures.passesSelfTest(signatures.platformEquation);
const selfTestMs = performance.now() - before;

function bitmapOf(verify) {
  const inputs = ({ key, message, signature }) => [key, message, signature].map((hex) => Buffer.from(hex, 'hex'));
  return vectors.map((vector) => (verify(...inputs(vector)) ? '1' : '0')).join('');
}

function underRule(equation) {
  return (key, message, signature) => signatures.isStrictlyEncoded(key, signature) && equation(key, message, signature);
}

const line = {
  node: process.version,
  openssl: process.versions.openssl,
  selfTestMs: Number(selfTestMs.toFixed(2)),
  platformChosen,
  rule: bitmapOf(signatures.verifySignature),
  platform: bitmapOf(underRule(signatures.platformEquation)),
  fallback: bitmapOf(underRule(signatures.fallbackEquation)),
  // For the record: what the rule is needed for.
  bare: bitmapOf(signatures.platformEquation),
};
process.stdout.write(`${JSON.stringify(line)}\n`);
