// Names in a store: of an alphabet that no file system, shell or URL takes for anything else (spec/drive.md, "At a URL").

const NAME_MAX = 100;
const PART = '[A-Za-z0-9][A-Za-z0-9._-]*';
const SAFE = new RegExp(`^${PART}(/${PART})?$`);
const TAG_MAX = 200;

/** Whether a file of this name is looked at. */
export function isSafeName(name: string): boolean {
  return name.length <= NAME_MAX && SAFE.test(name);
}

/** Whether this can be a tag: printable, and without blanks. */
export function isTag(tag: string): boolean {
  return tag.length <= TAG_MAX && /^[\x21-\x7e]+$/.test(tag);
}
