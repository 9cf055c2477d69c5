// CHANGELOG.md when a version is released (keepachangelog.com): what was unreleased belongs to it.

const UNRELEASED = '## [Unreleased]';

/**
 * The text with a section for the version, `date` as YYYY-MM-DD, and an empty one above for what comes next.
 * @throws Error when nothing is unreleased, or the version has a section already
 */
export function releasedChangelog(text: string, version: string, date: string): string {
  const [before, after, ...others] = text.split(`${UNRELEASED}\n`);
  if (before === undefined || after === undefined || others.length > 0)
    throw new Error(`CHANGELOG.md has to have one section "${UNRELEASED}"`);
  if (text.includes(`## [${version}]`)) throw new Error(`CHANGELOG.md has a section for ${version} already`);
  const [section = ''] = after.split('\n## [');
  if (!/^- /m.test(section)) throw new Error(`nothing stands below "${UNRELEASED}" in CHANGELOG.md`);
  return `${before}${UNRELEASED}\n\n## [${version}] - ${date}\n${after}`;
}
