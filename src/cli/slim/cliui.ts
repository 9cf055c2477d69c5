// Takes the place of yargs' help renderer in the built program: help is rendered from the command table (help.ts), and
// loading this and string-width costs half of Node's own start-up time.

/** Never called: yargs' help is switched off. */
export default function cliui(): never {
  throw new Error('help is rendered from the command table');
}
