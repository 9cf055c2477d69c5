// Programs that speak for a store: what they are told, and what they say.

/** What they need not know. */
const SECRET = /^SATCHEL_PASSPHRASE/;

/** The environment without what opens the keys of this repository. */
export function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET.test(name)));
}

/** The last line that was said on standard error, to stand behind what is told of it. */
export function lastOf(stderr: string): string {
  const line = stderr.trim().split('\n').at(-1) ?? '';
  return line === '' ? '' : `: ${line.slice(0, 200)}`;
}
