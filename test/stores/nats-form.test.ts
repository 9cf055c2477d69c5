// What the helper for NATS makes of URLs, names, pieces and failures, without a server.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../helpers/answer.js';
import { nameOf, pieceIdOf, pieceOf, subjectOf } from '../../helpers/nats/bucket.js';
import { openingOf } from '../../helpers/nats/credentials.js';
import { failureOf, isUnheard, says } from '../../helpers/nats/failure.js';
import { abandonedIn, encodeInPieces, type ListedMessage, parseInPieces } from '../../helpers/nats/pieces.js';
import { parsePlace } from '../../helpers/nats/place.js';
import { SatchelError } from '../../src/format/error.js';

const NAME = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,40}(\/[A-Za-z0-9][A-Za-z0-9._-]{0,40})?$/);
const ID = '0a'.repeat(16);
const DAY_NS = 86_400_000_000_000n;

describe('a name', () => {
  it('is a subject that any server takes, and comes back from it', () => {
    fc.assert(
      fc.property(NAME, (name) => {
        const subject = subjectOf('relay', name);
        expect(subject).toMatch(/^\$KV\.relay(\.[A-Za-z0-9_/=-]+)+$/);
        expect(nameOf('relay', subject)).toBe(name);
        expect(pieceIdOf('relay', subject)).toBeUndefined();
      }),
    );
  });

  it('has a subject of its own', () => {
    fc.assert(
      fc.property(NAME, NAME, (one, other) => {
        expect(subjectOf('relay', one) === subjectOf('relay', other)).toBe(one === other);
      }),
    );
  });

  it.each(['$KV.relay.=.x.0', '$KV.relay.odd~name', '$KV.relay./a', '$KV.relays.a', 'KV.relay.a', '$KV.relay.'])(
    'is none in %s',
    (subject) => {
      expect(nameOf('relay', subject)).toBeUndefined();
    },
  );
});

describe('a file in pieces', () => {
  const said = (lines: ReturnType<typeof encodeInPieces>) => {
    const map = new Map(lines);
    return { get: (key: string) => map.get(key) ?? '' };
  };
  const message = (subject: string, time: bigint, headers?: ListedMessage['headers']): ListedMessage => {
    return { subject, sequence: '1', time, size: 1, headers };
  };

  it('is told by the message that stands for it', () => {
    expect(parseInPieces(said(encodeInPieces({ id: ID, size: 12 })))).toEqual({ id: ID, size: 12 });
    expect(parseInPieces(undefined)).toBeUndefined();
    expect(parseInPieces(said(encodeInPieces({ id: `${ID}.>`, size: 12 })))).toBeUndefined();
    expect(parseInPieces(said([['Satchel-Pieces', ID]]))).toBeUndefined();
  });

  it('is abandoned when for a day no message has stood for it, by the clock of the servers', () => {
    const at = (late: bigint, headers?: ListedMessage['headers']) => [
      message(pieceOf('relay', ID, 0), 1_000n),
      message(pieceOf('relay', ID, 1), 2_000n),
      message(subjectOf('relay', 'a.satchel'), late, headers),
      message('$KV.relay.=.other.0', 0n),
    ];
    expect(abandonedIn('relay', at(2_000n + DAY_NS))).toEqual([]);
    expect(abandonedIn('relay', at(2_001n + DAY_NS))).toEqual([ID]);
    expect(abandonedIn('relay', at(2n * DAY_NS, said(encodeInPieces({ id: ID, size: 12 }))))).toEqual([]);
    expect(abandonedIn('other', at(2n * DAY_NS))).toEqual([]);
  });
});

describe('a URL of a bucket', () => {
  it('means TLS, unless it says otherwise of this computer', () => {
    const place = { login: undefined, bucket: 'relay', isPlain: false };
    const servers = [{ host: 'nats.example', port: 4_222 }];
    expect(parsePlace('nats://nats.example/relay')).toEqual({ ...place, servers });
    expect(parsePlace('nats://nats.example:14222/relay/')).toMatchObject({ servers: [{ port: 14_222 }] });
    for (const [host, name] of [
      ['localhost', 'localhost'],
      ['127.0.0.1:1', '127.0.0.1'],
      ['[::1]:4222', '::1'],
    ])
      expect(parsePlace(`nats://${host}/relay?plain`)).toMatchObject({ isPlain: true, servers: [{ host: name }] });
  });

  it('names who opens it, and any number of servers', () => {
    expect(parsePlace('nats://ana%40example.org@n1.example,n2.example:4223,[fd00::3]:4224/our_relay-2')).toEqual({
      login: 'ana@example.org',
      bucket: 'our_relay-2',
      isPlain: false,
      servers: [
        { host: 'n1.example', port: 4_222 },
        { host: 'n2.example', port: 4_223 },
        { host: 'fd00::3', port: 4_224 },
      ],
    });
  });

  it.each([
    'nats://nats.example',
    'nats://nats.example/',
    'nats:relay',
    'nats:///relay',
    'nats://ana:secret@nats.example/relay',
    'nats://nats.example/relay?plain',
    'nats://localhost,nats.example/relay?plain',
    'nats://localhost.example/relay?plain',
    'nats://localhost/relay?tls=off',
    'nats://nats.example/relay#x',
    'nats://nats.example/our.relay',
    'nats://nats.example/our/relay',
    'nats://nats.example:0/relay',
    'nats://nats.example:65536/relay',
    'nats://nats.example,/relay',
    'nats://100%@nats.example/relay',
    'tls://nats.example/relay',
  ])('is not %s', (url) => {
    expect(() => parsePlace(url)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('what opens the servers', () => {
  const opening = (url: string, text: string) => openingOf(parsePlace(url), { named: 'env:HERE', env: { HERE: text } });
  const lines =
    'machine n2.example login ana password a machine n2.example login "" password t machine n1.example login "" password u';

  it.each([
    ['nats://n1.example,n2.example/relay', { token: 'u' }],
    ['nats://n3.example,n2.example/relay', { user: 'ana', pass: 'a' }],
    ['nats://ana@n1.example,n2.example/relay', { user: 'ana', pass: 'a' }],
    ['nats://n3.example/relay', undefined],
  ])('of %s is %j', (url, expected) => {
    expect(opening(url, lines)).toEqual(expected);
  });

  it('is a whole file of credentials, where that is named', () => {
    const file = '-----BEGIN NATS USER JWT-----\nx\n------END NATS USER JWT------\n';
    expect(opening('nats://n1.example/relay', file)).toEqual({ file });
  });

  it('has to be there for somebody', () => {
    expect(() => opening('nats://ben@n2.example/relay', lines)).toThrow(expect.objectContaining({ code: 'denied' }));
  });
});

describe('a failure', () => {
  const error = (name: string, message = 'x', more: object = {}) =>
    Object.assign(new Error(message), { name, ...more });
  const said = (code: number, message = 'x') => error('JetStreamApiError', message, { code });

  it.each([
    [new SatchelError('denied', 'others may read it'), EXIT.denied],
    [new SatchelError('usage', 'no URL'), EXIT.usage],
    [error('AuthorizationError'), EXIT.denied],
    [error('RequestError', 'x', { cause: error('PermissionViolationError') }), EXIT.denied],
    [error('RequestError', 'connection closed'), EXIT.unreachable],
    [error('RequestError', 'x', { cause: error('NoResponders') }), EXIT.unreachable],
    [error('TimeoutError'), EXIT.unreachable],
    [error('ConnectionError', 'connection refused'), EXIT.unreachable],
    [error('ConnectionError', "server does not support 'tls'"), EXIT.broken],
    [error('Error', 'x', { code: 'ENOTFOUND' }), EXIT.unreachable],
    [error('Error', 'x', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), EXIT.broken],
    [said(10_077, 'maximum bytes exceeded'), EXIT.full],
    [said(10_054), EXIT.full],
    [said(10_047), EXIT.full],
    [said(10_110, 'stream purge not permitted'), EXIT.denied],
    [said(10_109), EXIT.denied],
    [said(10_008), EXIT.unreachable],
    [said(10_005, 'no suitable peers for placement'), EXIT.unreachable],
    [said(10_052), EXIT.broken],
    [error('TypeError'), EXIT.broken],
  ] as const)('%o ends with %i', (thrown, status) => {
    expect(failureOf(thrown).status).toBe(status);
  });

  it('is known by what led to it', () => {
    const unheard = error('JetStreamNotEnabled', 'x', {
      cause: error('RequestError', 'x', { cause: error('NoResponders') }),
    });
    expect(isUnheard(unheard)).toBe(true);
    expect(failureOf(unheard).why).toBe('JetStream does not answer there now');
    expect(isUnheard(error('TimeoutError'))).toBe(false);
    expect(says(error('StreamNotFoundError', 'x', { code: 10_059 }), 'noStream')).toBe(true);
    expect(says(said(10_071), 'noStream')).toBe(false);
    const circle = error('Error');
    expect(failureOf(Object.assign(circle, { cause: circle })).status).toBe(EXIT.broken);
  });
});
