// The name somebody gets who chose none.
import os from 'node:os';
import { nameProblem, parseName } from '../../../identity/names.js';

// Nobody's own names: on ten servers they would be ten times the same.
const SHARED = new Set(['root', 'administrator', 'admin', 'system']);

/** The login name; the computer's name for accounts that every computer has; undefined when neither can be a name. */
export function loginName(): string | undefined {
  const login = userName();
  const candidates = login === undefined || SHARED.has(login.toLowerCase()) ? [os.hostname(), login] : [login];
  return candidates.find((name) => name !== undefined && isName(name));
}

function userName(): string | undefined {
  try {
    return os.userInfo().username;
  } catch {
    // A container's user without an entry in the list of users.
    return undefined;
  }
}

function isName(text: string): boolean {
  return nameProblem(text) === undefined && parseName(text) === text;
}
