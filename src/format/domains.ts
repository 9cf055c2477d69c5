// What every signature and every structured hash starts with (spec/log.md, "Domains"). A prefix that no other use
// shares is what stops bytes signed for one purpose from being presented for another.

/** The domain string of every signature, by what is signed. Each ends in NUL, so none is a prefix of another. */
export const DOMAINS = {
  head: 'satchel/head/v1\0',
  manifest: 'satchel/manifest/v1\0',
  founding: 'satchel/founding/v1\0',
  founding2: 'satchel/founding/v2\0',
  card: 'satchel/card/v1\0',
  introduction: 'satchel/introduction/v1\0',
  authority: 'satchel/authority/v1\0',
  device: 'satchel/device/v1\0',
  devices: 'satchel/devices/v1\0',
  request: 'satchel/request/v1\0',
  statement: 'satchel/statement/v1\0',
  letter: 'satchel/letter/v1\0',
  stream: 'satchel/stream/v1\0',
} as const;

/** What a hash begins with that is drawn through scrypt, so that whoever searches for another one with few bits alike pays. */
export const PAIRING_DOMAIN = 'satchel/pairing/v1\0';

/** What keys are derived for with HKDF-SHA-256 from other secrets, by what the key does. */
export const HKDF_INFOS = {
  backup: 'satchel/backup/v1\0',
  link: 'satchel/link/v1\0',
  entry: 'satchel/entry/v1\0',
  call: 'satchel/call/v1\0',
  live: 'satchel/live/v1\0',
} as const;

/**
 * The first byte of every hash over a structure, by what is named by it.
 * Payloads, chunks and members are hashed bare: `sha256sum` finds the same name.
 */
export const HASH_PREFIXES = {
  entryId: 0x01,
  person: 0x02,
  blobRoot: 0x03,
  rendezvous: 0x04,
  personTopic: 0x05,
  privateTopic: 0x06,
  epoch: 0x08,
  statement: 0x09,
  streamMark: 0x0a,
} as const;
