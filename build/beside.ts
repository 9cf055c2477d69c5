// Packages that few commands need stay out of the program's own file: Node would read and scan all of it at each start. Each
// is a file beside the program, required when it is first asked for.
import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/** Needed by nearly every command, or so large a package and so small a part of it that esbuild has to see what is used of it. */
const WITHIN = ['yargs-parser', '@noble/ed25519', 'zod'];

/** A package, or a module of one, as `import` names it; modules of Node look alike. */
const PACKAGE = /^[@a-z]/;
const NAMESPACE = 'beside';

/**
 * Makes esbuild leave packages out.
 * @param found gets the name of each file that is needed beside the program, and the package that it has to hold
 */
export function packagesBeside(found: Map<string, string>): Plugin {
  return {
    name: NAMESPACE,
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: PACKAGE }, ({ path, kind, importer }) => {
        const isOurs = kind !== 'entry-point' && !importer.includes('node_modules');
        if (!isOurs || isBuiltin(path) || WITHIN.some((name) => path.startsWith(name))) return undefined;
        found.set(fileName(path), path);
        return { path, namespace: NAMESPACE };
      });
      onResolve({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({ path, external: true }));
      // a module of its own in between: esbuild takes all of a file for its default export where a package.json says "module"
      onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => {
        const file = JSON.stringify(`./${fileName(path)}.cjs`);
        return { contents: `export * from ${file}; export { default } from ${file};` };
      });
    },
  };
}

function fileName(specifier: string): string {
  return specifier
    .replace(/\.js$/, '')
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim()
    .replaceAll(' ', '-');
}
