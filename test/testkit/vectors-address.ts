// Vectors of addresses where a person publishes (spec/devices.md, "Person log").
import type { Vector } from './vector.js';

/** A text, and whether it is an address. */
export interface AddressVector extends Vector {
  readonly address: string;
  readonly isOne: boolean;
}

const SITE = 'https://ana.example/satchel';

/** Addresses, and what is none. */
export function addressVectors(): AddressVector[] {
  const one = (isOne: boolean) => (name: string, comment: string, address: string) => ({
    name: `address-${name}`,
    comment,
    address,
    isOne,
  });
  const good = one(true);
  const bad = one(false);
  return [
    good('folder', 'a folder on a server', SITE),
    good('host', 'a host alone', 'https://h'),
    good('port', 'a port, and a slash at the end', 'https://h.example:8443/'),
    good('signs', 'every sign that a path may have', 'https://h/aZ0._~%20@+=,:-/x'),
    good('longest', '200 characters', `https://h/${'x'.repeat(190)}`),
    bad('longer', '201 characters', `https://h/${'x'.repeat(191)}`),
    bad('empty', 'nothing', ''),
    bad('no-host', 'no host', 'https:///x'),
    bad('option', 'a host that begins like an option', 'https://-h/'),
    bad('plain', 'without encryption', 'http://ana.example/'),
    bad('program', 'a program in the place of a server', 'exec:rm'),
    bad('login', 'a login', 'https://ana@h/'),
    bad('query', 'a query', `${SITE}?x`),
    bad('fragment', 'a fragment', `${SITE}#x`),
    bad('blank', 'two words', `${SITE} x`),
    bad('line', 'two lines', `${SITE}\nx`),
    bad('shell', 'what a shell would run', `${SITE};x`),
    bad('dollar', 'what a shell would replace', 'https://h/$HOME'),
    bad('letter', 'a letter that is none of ASCII', 'https://h/ä'),
  ];
}
