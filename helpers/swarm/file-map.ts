// What lies in a place on Swarm: each file's name, with its size and the reference of its bytes. It is itself bytes there, to which a
// feed leads.

const LINE = /^(0|[1-9]\d{0,14}) ([0-9a-f]{64}) (\S{1,100})$/;
/** Under which the reference is noted by which gateways follow what is published: no name of a file. */
const MANIFEST = '.manifest';

/** A file there. */
export interface Stored {
  readonly size: number;
  readonly reference: string;
}

/** All files by name. */
export type FileMap = Map<string, Stored>;

/** What is listed: everything but what is noted beside it. */
export function filesIn(map: FileMap): [string, Stored][] {
  return [...map].filter(([name]) => name !== MANIFEST).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The reference by which gateways follow what is published; undefined when nothing was. */
export function manifestIn(map: FileMap): string | undefined {
  return map.get(MANIFEST)?.reference;
}

/** Notes it. */
export function noteManifest(map: FileMap, reference: string): void {
  map.set(MANIFEST, { size: 0, reference });
}

/** As bytes. */
export function formatMap(map: FileMap): string {
  return [...map].map(([name, { size, reference }]) => `${size} ${reference} ${name}\n`).join('');
}

/** Back from these; undefined when they are something else. */
export function parseMap(text: string): FileMap | undefined {
  const map: FileMap = new Map();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, size, reference, name] = LINE.exec(line) ?? [];
    if (reference === undefined || name === undefined) return undefined;
    map.set(name, { size: Number(size), reference });
  }
  return map;
}
