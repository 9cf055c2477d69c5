// What a URL is called by.
import { expect, it } from 'vitest';
import { placeName } from '../../../../src/sync/medium/url.js';

it.each([
  ['webdavs://cloud.example/dav/relay/', 'relay'],
  ['webdav://ana@nas.example:8080/', 'nas.example'],
  ['webdavs://nas.example', 'nas.example'],
  ['s3://bucket/our?endpoint=https://s3.example:9000&region=x', 'our'],
  ['s3://bucket?endpoint=https://s3.example', 'bucket'],
  ['rclone:cloud:relay', 'relay'],
  ['rclone:cloud:', ''],
  ['folder:/srv/relay', 'relay'],
  ['exec:helper there', 'helper there'],
])('a drive at %s is called %j', (url, name) => {
  expect(placeName(url)).toBe(name);
});
