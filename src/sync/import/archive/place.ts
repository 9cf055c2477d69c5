// Where a member of an archive would lie, had somebody unpacked it: by that it is taken or not, as a file in a directory is.
// Nothing is ever written to such a place (spec/bundle.md, "Archives").
import { unicodePattern } from '../../../format/unicode-pattern.js';
import { DRIVE_FOLDER } from '../../medium/drive-folder.js';
import { fateOfName } from '../given-files.js';

/** Why a member is skipped that is no directory. */
export type SkipReason = 'bad-name' | 'too-deep' | 'no-file' | 'sparse';

/** What becomes of a regular file of that name. */
export type MemberFate = ReturnType<typeof fateOfName> | 'bad-name' | 'too-deep';

/** Characters of a name, at most: no system has longer paths that anybody uses. */
export const MEMBER_NAME_MAX = 1_024;
/** Characters that move a cursor or end a line: no folder that anybody packs has such a name. */
const control = unicodePattern(String.raw`\p{Cc}`);

/**
 * A file in no folder or in one is what a directory would have right in it; so is one in the folder `satchel` right in
 * either, as a drive has it.
 */
export function fateOfMember(name: string): MemberFate {
  if (isBadName(name)) return 'bad-name';
  const parts = partsOf(name);
  const folders = parts.slice(0, -1);
  if (folders.some((folder) => folder.startsWith('.'))) return 'ignored';
  const depth = folders.at(-1) === DRIVE_FOLDER ? folders.length - 1 : folders.length;
  return depth > 1 ? 'too-deep' : fateOfName(parts.at(-1) ?? '');
}

/** One that leads out of the folder, or to nothing, or says to a terminal what to do. */
function isBadName(name: string): boolean {
  const isFoul = name.length > MEMBER_NAME_MAX || control().test(name);
  return isFoul || partsOf(name).some((part) => part === '' || part === '.' || part.split('\\').includes('..'));
}

/** Folders and file; `./` in front says nothing. */
function partsOf(name: string): readonly string[] {
  return name.replace(/^(?:\.\/)+/, '').split('/');
}
