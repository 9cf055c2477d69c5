// What of others' packages is in the built files: a bill of materials (CycloneDX 1.6, cyclonedx.org) and their licences. Taken
// from what the bundlers say that they put into their outputs, and from package-lock.json.
import fs from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';

/** A package of which something is in the built files. */
export interface Bundled {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  /** SHA-512 of the archive that it was installed from, in hexadecimal. */
  readonly sha512: string;
  /** Where it is installed: two versions of one package may be. */
  readonly folder: string;
}

/** How many bytes of which source are in what a bundler made. */
export type Contents = ReadonlyMap<string, number>;

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
}

/** Its folder, and its name; node_modules may lie elsewhere, and be linked to. */
const PACKAGE = /(?:^|\/)(node_modules\/(?:.*node_modules\/)?((?:@[^/]+\/)?[^/]+))\//;
const LICENCE_FILE = /^licen[cs]e/i;

/** What esbuild says of what it made. */
export function contentsOf({ outputs }: Metafile): Contents {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return new Map(inputs.map(([file, { bytesInOutput }]) => [file, bytesInOutput]));
}

/**
 * The packages, by name.
 * @throws Error for one of which package-lock.json does not say version, licence and digest
 */
export function bundledPackages(built: readonly Contents[]): Bundled[] {
  const lock = JSON.parse(fs.readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };
  const files = built.flatMap((one) => [...one].filter(([, bytes]) => bytes > 0));
  const folders = new Set(files.flatMap(([file]) => PACKAGE.exec(file)?.[1] ?? []));
  return [...folders].sort().map((folder) => bundledAt(folder, lock.packages[folder]));
}

function bundledAt(folder: string, locked: Locked | undefined): Bundled {
  const { version, license, integrity = '' } = locked ?? {};
  const [, digest] = /^sha512-(\S+)$/.exec(integrity) ?? [];
  const name = PACKAGE.exec(`${folder}/`)?.[2];
  if (name === undefined || version === undefined || license === undefined || digest === undefined)
    throw new Error(`package-lock.json lacks the version, licence or digest of ${folder}`);
  return { name, version, license, sha512: Buffer.from(digest, 'base64').toString('hex'), folder };
}

/** The bill of materials, of the program in that version. */
export function billOfMaterials(packages: readonly Bundled[], version: string): string {
  const own = `pkg:npm/satchel@${version}`;
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: { type: 'application', 'bom-ref': own, name: 'satchel', version, ...licensed('MIT'), purl: own },
    },
    components: packages.map(({ name, version: of, license, sha512 }) => ({
      type: 'library',
      'bom-ref': purlOf(name, of),
      name,
      version: of,
      hashes: [{ alg: 'SHA-512', content: sha512 }],
      ...licensed(license),
      purl: purlOf(name, of),
    })),
    dependencies: [{ ref: own, dependsOn: packages.map(({ name, version: of }) => purlOf(name, of)) }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function licensed(expression: string): object {
  return { licenses: [{ expression }] };
}

/** As github.com/package-url/purl-spec has it: the `@` of a scope is escaped. */
function purlOf(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/**
 * Their licences, each as it comes with its package; of one that names its licence alone, the text everybody knows by that name.
 * @throws Error for a package that brings none, and whose licence is not below build/licences/
 */
export function licenceTexts(packages: readonly Bundled[]): string {
  return packages
    .map(
      ({ name, version, license, folder }) =>
        `${name} ${version} (${license})\n\n${licenceIn(folder) ?? namedLicence(folder, license)}\n`,
    )
    .join('\n');
}

function namedLicence(folder: string, license: string): string {
  const { author } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as { author?: unknown };
  if (typeof author !== 'string') throw new Error(`${folder} brings no licence, and names no author`);
  return `Copyright (c) ${author}\n\n${fs.readFileSync(path.join('build', 'licences', `${license}.txt`), 'utf8').trim()}`;
}

function licenceIn(folder: string): string | undefined {
  const files = fs.readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  if (files.length === 0) return undefined;
  return files
    .sort()
    .map((file) => fs.readFileSync(path.join(folder, file), 'utf8').trim())
    .join('\n\n');
}
