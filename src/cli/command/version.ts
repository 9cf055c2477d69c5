// The version of the program; a test compares it with package.json.

/** As in package.json. */
export const VERSION = '0.1.0';

declare const COMMITTED_SECONDS: number | undefined;

/** When the commit was made that this was built from, ms: no clock before that is right. Undefined where nobody knows. */
export const BUILT: number | undefined = typeof COMMITTED_SECONDS === 'number' ? COMMITTED_SECONDS * 1_000 : undefined;
