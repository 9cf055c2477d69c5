// Which names a backup may have members of.
import { expect, test } from 'vitest';
import { isBackupName } from '../../../../src/sync/backup/places.js';

const DIGEST = 'ab'.repeat(32);

test.each([
  'HEAD',
  'refs/contacts.json',
  'refs/config.json',
  'objects/packs/000001.pack',
  `objects/blobs/ab/${DIGEST.slice(2)}`,
  'journal/events.1',
  `journal/drives/${'0f'.repeat(16)}/${DIGEST}.chunks`,
  `proofs/${DIGEST}.12`,
  'quarantine/000001.pack-rotten-1',
  'keys/topics/000001.age',
])('%s is one', (name) => {
  expect(isBackupName(name)).toBe(true);
});

test.each([
  '',
  'format',
  'lock',
  'keys/secrets.json',
  'keys/secrets.age',
  'keys/recipients.json',
  'keys/topics',
  'keys/topics/000001.age.12.tmp',
  'tmp/copy-1',
  'index/runs',
  'hooks/post-import',
  'refs',
  'refs/self.json',
  'refs/notes.json',
  'refs/contacts.json.12.tmp',
  'journal/drives/00.lock',
  'refs/../keys/secrets.json',
  '../refs/contacts.json',
  '/refs/contacts.json',
  'refs//contacts.json',
  'refs/.hidden',
  'refs\\contacts.json',
  'refs/con tacts',
  'refs/contacts.json\n',
  'objects/a/b/c/d',
  `refs/${'a'.repeat(300)}`,
])('%j is none', (name) => {
  expect(isBackupName(name)).toBe(false);
});
