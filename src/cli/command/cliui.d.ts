// The package has no declarations of its own; yargs alone calls it.
declare module 'cliui' {
  const cliui: unknown;
  export default cliui;
}
