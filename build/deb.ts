// npm run deb [-- DIR]: the package for Debian and what is made of it, in DIR (release/ by default). It holds what npm's package
// holds, where Debian's policy wants each file; dpkg-deb makes it, and of the same sources the same bytes
// (reproducible-builds.org/docs/source-date-epoch).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { VERSION } from '../src/cli/command/version.js';
import { completionScript } from '../src/cli/commands/upkeep/completion-scripts.js';
import { systemdPlan } from '../src/cli/service/systemd.js';
import { committedSeconds } from './committed.js';

const LIBRARY = 'usr/share/satchel';
const DOC = 'usr/share/doc/satchel';
const PROGRAM = ['satchel.cjs', 'satchel.mjs', 'reader.html', 'sbom.json', 'parts'];
const COMPLETIONS = {
  bash: 'usr/share/bash-completion/completions/satchel',
  zsh: 'usr/share/zsh/vendor-completions/_satchel',
  fish: 'usr/share/fish/vendor_completions.d/satchel.fish',
} as const;
/** The project has no address to write to; a package must name one. */
const MAINTAINER = 'The satchel authors <satchel@satchel.invalid>';
/** Debian has it once, for all. */
const APACHE = /^ *Apache License\n *Version 2\.0[\s\S]*?END OF TERMS AND CONDITIONS$/gm;
const IN_DEBIAN = 'Apache License, Version 2.0: /usr/share/common-licenses/Apache-2.0';

const [out = 'release'] = process.argv.slice(2);
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-deb-'));
try {
  layOut();
  describePackage();
  for (const name of below(root)) fs.chmodSync(name, modeOf(name));
  fs.chmodSync(root, 0o755);
  fs.mkdirSync(out, { recursive: true });
  const file = path.join(out, `satchel_${VERSION}_all.deb`);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(when()) };
  execFileSync('dpkg-deb', ['--build', '--root-owner-group', '-Zxz', root, file], { env, stdio: 'pipe' });
  console.log(file);
} finally {
  fs.rmSync(root, { recursive: true });
}

function layOut(): void {
  for (const name of PROGRAM) fs.cpSync(`dist/${name}`, at(LIBRARY, name), { recursive: true });
  // policy wants Debian's own Node, and not what PATH finds first
  for (const name of ['satchel.cjs', 'satchel.mjs']) {
    const file = at(LIBRARY, name);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/^#!.*/, '#!/usr/bin/node'));
  }
  fs.symlinkSync('../share/satchel/satchel.cjs', at('usr/bin', 'satchel'));
  write('usr/share/man/man1/satchel.1.gz', packed(fs.readFileSync('dist/satchel.1')));
  for (const shell of ['bash', 'zsh', 'fish'] as const) write(COMPLETIONS[shell], completionScript(shell));
  for (const name of ['docs', 'spec']) fs.cpSync(name, at(DOC, name), { recursive: true });
  write(`${DOC}/CHANGELOG.md.gz`, packed(fs.readFileSync('CHANGELOG.md')));
  write(`${DOC}/changelog.gz`, packed(Buffer.from(changelog())));
  write(`${DOC}/copyright`, copyright());
  write(`${DOC}/examples/satchel.service`, unit());
}

/** The folder DEBIAN: what dpkg has to know (deb-control(5)). */
function describePackage(): void {
  const files = below(root).filter((name) => fs.lstatSync(name).isFile());
  const bytes = files.reduce((sum, name) => sum + fs.statSync(name).size, 0);
  const sums = files.map((name) => `${md5(name)}  ${path.relative(root, name)}\n`).sort(byName);
  write('DEBIAN/md5sums', sums.join(''));
  write(
    'DEBIAN/control',
    `Package: satchel
Version: ${VERSION}
Architecture: all
Maintainer: ${MAINTAINER}
Installed-Size: ${Math.ceil(bytes / 1_024)}
Depends: nodejs (>= 20.19)
Section: net
Priority: optional
Description: carry conversations between computers that share no network
 Messages are written into signed logs on this computer, put into files that
 can be carried by a stick, a mail or a courier, and taken in on other
 computers, in any order, late or twice. Whatever comes is verified, and each
 computer puts the conversation together from what it holds.
`,
  );
}

/** How `watch` is run at login, for whoever prefers that to "satchel service install". */
function unit(): string {
  const watcher = { name: 'satchel', command: ['/usr/bin/satchel', 'watch'], env: {}, home: '/' };
  const about = '# as "satchel service install" writes it; for ~/.config/systemd/user/satchel.service';
  return systemdPlan(watcher, '').content.replace(/^#.*/, about);
}

function copyright(): string {
  const folded = (text: string): string =>
    text
      .trim()
      .split('\n')
      .map((line) => ` ${line.trimEnd() === '' ? '.' : line.trimEnd()}`)
      .join('\n');
  const [, , notice = '', ...terms] = fs.readFileSync('LICENSE', 'utf8').split('\n');
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: satchel
Comment: In the built files are packages of others, which ${LIBRARY}/sbom.json lists; their licences:
${folded(fs.readFileSync('dist/licences.txt', 'utf8').replace(APACHE, IN_DEBIAN))}

Files: *
Copyright: ${notice.replace(/^Copyright \(c\) /, '')}
License: MIT
${folded(terms.join('\n'))}
`;
}

/** In the form that Debian's tools read; what changed stands in CHANGELOG.md. */
function changelog(): string {
  const date = new Date(when() * 1_000).toUTCString().replace('GMT', '+0000');
  return `satchel (${VERSION}) unstable; urgency=medium

  * What changed stands in ${DOC}/CHANGELOG.md.gz.

 -- ${MAINTAINER}  ${date}
`;
}

function when(): number {
  const seconds = committedSeconds();
  if (seconds === undefined) throw new Error('nobody knows when this was committed: set SOURCE_DATE_EPOCH');
  return seconds;
}

/** As `gzip -9n`: with no name and no time. */
function packed(bytes: Buffer): Buffer {
  return gzipSync(bytes, { level: 9 });
}

function md5(file: string): string {
  return createHash('md5').update(fs.readFileSync(file)).digest('hex');
}

function at(folder: string, name: string): string {
  fs.mkdirSync(path.join(root, folder), { recursive: true });
  return path.join(root, folder, name);
}

function write(name: string, content: string | Buffer): void {
  fs.writeFileSync(at(path.dirname(name), path.basename(name)), content);
}

/** Everything below a folder; links are not followed. */
function below(folder: string): string[] {
  const found = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name));
  return found.filter((name) => !fs.lstatSync(name).isSymbolicLink());
}

/** Whatever the umask here is. */
function modeOf(name: string): number {
  const isRun = /\/usr\/share\/satchel\/satchel\.[cm]js$/.test(name);
  return isRun || fs.statSync(name).isDirectory() ? 0o755 : 0o644;
}

function byName(a: string, b: string): number {
  return a.slice(34) < b.slice(34) ? -1 : 1;
}
