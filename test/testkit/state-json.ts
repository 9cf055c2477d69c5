// What a small file of a repository says, without its checksum line.
import fs from 'node:fs';

/** The JSON in it. */
export function stateJson<T>(file: string): T {
  return JSON.parse(fs.readFileSync(file, 'utf8').replace(/satchel-state\/\d [0-9a-f]{8}\n$/, '')) as T;
}
