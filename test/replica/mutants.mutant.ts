// The comparison with the replica in Python can fail: it does for each mistake that is planted in the program (mutants.ts).
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { memoryDirectory } from '../testkit/scratch.js';
import { MUTANTS, type Mutant, mutated } from './mutants.js';
import { hasPython } from './python.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Where the packages are found that the bundle imports. */
const CACHE = path.join(ROOT, 'node_modules/.cache');
const SCENARIOS = 500;
const OUTPUT_MAX = 2 ** 26;

describe.runIf(hasPython())('the comparison', () => {
  it.each(MUTANTS)('finds that $name', async (mutant) => {
    const program = await bundled(mutant);
    try {
      const ended = await run(program);
      expect(ended.code, ended.stderr).toBe(1);
      expect(Object.keys(JSON.parse(ended.stdout) as object)).toContain('where');
    } finally {
      fs.rmSync(program);
    }
  });
});

/** Ends with 1 and the first disagreement, or with 0. */
async function run(program: string): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const main = path.join(import.meta.dirname, 'main.py');
  const args = [program, String(SCENARIOS), memoryDirectory(), main];
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, args, { maxBuffer: OUTPUT_MAX })) };
  } catch (error) {
    return error as { code: unknown; stdout: string; stderr: string };
  }
}

async function bundled(mutant: Mutant): Promise<string> {
  const outfile = path.join(CACHE, `mutant-${MUTANTS.indexOf(mutant)}.mjs`);
  const changed = new Set<string>();
  await build({
    entryPoints: [path.join(import.meta.dirname, 'run.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'error',
    plugins: [
      {
        name: 'mutant',
        setup: (building) =>
          building.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
            const contents = mutated(mutant, file, fs.readFileSync(file, 'utf8'));
            if (contents === undefined) return undefined;
            changed.add(file);
            return { contents, loader: 'ts' };
          }),
      },
    ],
  });
  expect(changed.size, 'changed files').toBe(new Set(mutant.changes.map(({ file }) => file)).size);
  return outfile;
}
