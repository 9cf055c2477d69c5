// URLs of streams, and what ssh is told (spec/cli.md, "Streams").
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSsh, parseTcp, pathOf, sshWords } from '../../../../src/sync/stream/carriers.js';
import { isStreamUrl } from '../../../../src/sync/stream/stream-url.js';
import { outcomeOf } from '../../../testkit/outcome.js';
import { seedOf } from '../../../testkit/seed.js';

describe('ssh://', () => {
  it.each([
    ['ssh://desk', 'desk', undefined, undefined],
    ['ssh://desk/', 'desk', undefined, undefined],
    ['ssh://ana@desk.example:2222/srv/notes', 'ana@desk.example', '2222', '/srv/notes'],
    ['ssh://desk/~/notes', 'desk', undefined, 'notes'],
    ['ssh://[::1]:22/x', '[::1]', '22', '/x'],
    ['ssh://desk/with%20blank', 'desk', undefined, '/with blank'],
  ])('%s', (url, host, port, directory) => {
    expect(parseSsh(url)).toEqual({ host, port, directory });
  });

  it.each([
    'ssh://',
    'ssh:desk',
    'ssh:///srv',
    'ssh://-oProxyCommand=x',
    'ssh://-x@desk',
    'ssh://@desk',
    'ssh://a@b@desk',
    'ssh://desk:port/x',
    'ssh://desk:0',
    'ssh://desk/%',
  ])('%s names no host', (url) => {
    expect(outcomeOf(() => parseSsh(url))).toBe('usage');
  });

  it('is one line for the shell there, in which a directory is one word, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (text) => {
        const directory = `/${text.replaceAll('\0', '').toWellFormed()}`;
        const words = sshWords({ host: 'desk', port: undefined, directory });
        expect(words.slice(0, 3)).toEqual(['-T', '--', 'desk']);
        const line = words.at(-1)?.replace('satchel', "printf '%s\\0'") ?? '';
        const said = execFileSync('sh', ['-c', line], { encoding: 'utf8' }).split('\0').slice(0, -1);
        expect(said).toEqual(['-C', directory, 'serve', '--stdio', '--plain']);
      }),
      { seed: seedOf('STREAM_SEED'), numRuns: 30 },
    );
  });
});

describe('tcp://', () => {
  it.each([
    ['tcp://desk.example:7411', 'desk.example', 7411],
    ['tcp://127.0.0.1:0/', '127.0.0.1', 0],
    ['tcp://[::1]:80', '::1', 80],
  ])('%s', (url, host, port) => {
    expect(parseTcp(url)).toEqual({ host, port });
  });

  it.each([
    'tcp:desk:1',
    'tcp://desk',
    'tcp://-desk:1',
    'tcp://:1',
    'tcp://desk:65536',
    'tcp://::1:80',
    'tcp://a@desk:1',
    'tcp://desk:1/x',
  ])('%s names no host and port', (url) => {
    expect(outcomeOf(() => parseTcp(url))).toBe('usage');
  });
});

it('unix: names a path that has room', () => {
  expect(pathOf('unix:/run/s')).toBe('/run/s');
  expect(outcomeOf(() => pathOf('unix:'))).toBe('usage');
  expect(outcomeOf(() => pathOf(`unix:/${'x'.repeat(100)}`))).toBe('usage');
});

it('others are drives', () => {
  const streams = ['ssh://desk', 'unix:s', 'tcp://desk:1', 'cmd:nc desk 1', '-'];
  expect([...streams, 's3://b/p', './ssh:x', '/unix:x', './-'].filter(isStreamUrl)).toEqual(streams);
});
