// dist/reader.html: the formats, the repository and the order of messages as the program has them, on the platform of browsers,
// in one page that needs nothing beside it (docs/reader.md).
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { type Contents, contentsOf } from './bundled.js';

const FOLDER = 'src/reader';
/** What of Node has something in its place. */
const NODE = /^node:(crypto|fs|os|path|zlib)$/;
/** The engines that the page is tested with, and those that came later. */
const TARGET = ['chrome120', 'firefox120', 'safari17'];

/** What stands in the page for what is made here. */
const PART = /SCRIPT_HASH|STYLE_HASH|\/\*SCRIPT\*\/|\/\*STYLE\*\//g;

/** In the place of Node and of the platform that has it. */
const platform: Plugin = {
  name: 'reader-platform',
  setup: ({ onResolve }) => {
    onResolve({ filter: NODE }, ({ path: name }) => ({
      path: path.resolve(FOLDER, 'node', `${name.slice('node:'.length)}.ts`),
    }));
    onResolve({ filter: /^\.{1,2}\/(.*\/)?platform\.js$/ }, () => ({
      path: path.resolve('src/format/platform-browser.ts'),
    }));
  },
};

/** The text of the page; what it was made of is added to `built`. */
export async function readerPage({ built }: { readonly built: Contents[] }): Promise<string> {
  const script = await scriptOf(`${FOLDER}/page/main.ts`, built);
  const styles = fs.readFileSync(`${FOLDER}/page/reader.css`, 'utf8');
  const page = fs.readFileSync(`${FOLDER}/page/reader.html`, 'utf8');
  const parts: Readonly<Record<string, string>> = {
    SCRIPT_HASH: hashOf(script),
    STYLE_HASH: hashOf(styles),
    '/*SCRIPT*/': script,
    '/*STYLE*/': styles,
  };
  return page.replaceAll(PART, (found) => parts[found] ?? found);
}

async function scriptOf(entry: string, built: Contents[]): Promise<string> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'iife',
    platform: 'browser',
    target: TARGET,
    minify: true,
    charset: 'ascii',
    legalComments: 'eof',
    loader: { '.wasm': 'binary' },
    supported: { 'dynamic-import': false },
    inject: [`${FOLDER}/node/globals.ts`],
    plugins: [platform],
    logLevel: 'warning',
  });
  built.push(contentsOf(metafile));
  const [{ text } = { text: '' }] = outputFiles;
  // what ends a script ends it also within one of its strings
  return text.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--').trim();
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
