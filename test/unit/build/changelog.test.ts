// CHANGELOG.md when a version is released (build/changelog.ts).
import { describe, expect, it } from 'vitest';
import { releasedChangelog } from '../../../build/changelog.js';

const TEXT = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- This.\n\n## [0.1.0] - 2026-01-01\n\n- That.\n';

describe('the changelog of a release', () => {
  it('has a section of its own and date, and room for what comes next', () => {
    expect(releasedChangelog(TEXT, '0.2.0', '2026-12-01')).toBe(
      '# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- This.\n\n## [0.1.0] - 2026-01-01\n\n- That.\n',
    );
  });

  it.each([
    ['has no such section', '# Changelog\n', '0.2.0', 'has to have one section'],
    ['says nothing new', '## [Unreleased]\n\n## [0.1.0] - 2026-01-01\n\n- That.\n', '0.2.0', 'nothing stands below'],
    ['knows the version', TEXT, '0.1.0', 'already'],
  ])('is not written where it %s', (_, text, version, message) => {
    expect(() => releasedChangelog(text, version, '2026-12-01')).toThrow(message);
  });
});
