// Compares the program, as it is bundled with this file, with the replica in Python until they disagree: `run.mjs COUNT
// DIRECTORY MAIN.PY` ends with 0 when they agreed COUNT times, else prints the first disagreement and ends with 1.
import { compareScenario } from './compare.js';
import { Replicas } from './program.js';
import { Python } from './python.js';

const [count, directory, main] = process.argv.slice(2) as [string, string, string];

const replicas = await Replicas.open(directory);
const python = new Python(main);
for (let number = 0; number < Number(count) && process.exitCode === undefined; number++) {
  const [found] = await compareScenario({ replicas, python }, number);
  if (!found) continue;
  process.stdout.write(`${JSON.stringify(found)}\n`);
  process.exitCode = 1;
}
await python.close();
