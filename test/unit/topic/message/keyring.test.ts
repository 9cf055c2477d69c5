// The keys of private topics in one process (spec/epochs.md, "Links", "Keys of topics").
import { beforeEach, expect, it } from 'vitest';
import type { PersonId } from '../../../../src/format/ids.js';
import { decodeCreateStatement, encodeCreateStatement } from '../../../../src/format/private/create-statement.js';
import { type EpochKeys, epochOf } from '../../../../src/format/private/epoch.js';
import { LiveKeyring } from '../../../../src/topic/message/keyring.js';

const [ONE, TWO] = [1, 2].map((byte) => epochOf(Buffer.alloc(32, byte), Buffer.alloc(32, byte + 100))) as [
  ReturnType<typeof epochOf>,
  ReturnType<typeof epochOf>,
];
const controlOf = ({ id, control, dataHash }: EpochKeys): EpochKeys => ({ id, control, dataHash });
const unproven = ({ id }: EpochKeys, byte: number): EpochKeys => ({ id, control: Buffer.alloc(32, byte) });

function topicOf(label: string) {
  const owners = ['a'.repeat(64) as PersonId];
  const statement = encodeCreateStatement({ nonce: Buffer.alloc(16), owners, label });
  return { statement, topic: decodeCreateStatement(statement).topic };
}

const GARDEN = topicOf('garden');
const HARBOUR = topicOf('harbour');
let keyring: LiveKeyring;

beforeEach(() => {
  keyring = new LiveKeyring();
  keyring.take([{ statement: GARDEN.statement, epochs: [ONE] }]);
});

const tried = () => keyring.secrets.get(GARDEN.topic);

it('what is only tried is nobody the key of an epoch, and gives way to what is proven', () => {
  expect(keyring.tryOut(GARDEN.topic, 'linked', [unproven(TWO, 8), unproven(TWO, 9)])).toBe(true);
  expect(tried()).toEqual([ONE, unproven(TWO, 8), unproven(TWO, 9)]);
  expect(keyring.epoch(GARDEN.topic, TWO.id)).toBeUndefined();
  expect(keyring.keysOf(GARDEN.topic)?.epochs).toEqual([ONE]);
  keyring.take([{ statement: GARDEN.statement, epochs: [controlOf(TWO)] }]);
  expect(keyring.epoch(GARDEN.topic, TWO.id)).toEqual(controlOf(TWO));
  expect(keyring.tryOut(GARDEN.topic, 'linked', [unproven(TWO, 8)])).toBe(true);
  expect(tried()).toEqual([controlOf(TWO), ONE]);
  // D of it is not had yet
  expect(keyring.tryOut(GARDEN.topic, 'unstated', [TWO])).toBe(true);
  expect(keyring.epoch(GARDEN.topic, TWO.id)).toEqual(controlOf(TWO));
});

it('says of each topic whether there is anything else to try there', () => {
  const before = [keyring.versionOf(GARDEN.topic), tried()];
  keyring.take([{ statement: HARBOUR.statement, epochs: [TWO] }]);
  expect(keyring.tryOut(HARBOUR.topic, 'linked', [unproven(ONE, 7)])).toBe(true);
  expect(keyring.tryOut(HARBOUR.topic, 'linked', [unproven(ONE, 7)])).toBe(false);
  expect([keyring.versionOf(GARDEN.topic), tried()]).toEqual(before);
  expect(tried()).toBe(before[1]);
});

it('has heard what letters say, and nothing new where they say the same', () => {
  const said = (byte: number) => ({ bytes: Buffer.alloc(20, byte), signature: Buffer.alloc(64, byte) });
  const before = keyring.versionOf(GARDEN.topic);
  keyring.hear(GARDEN.topic, []);
  expect(keyring.versionOf(GARDEN.topic)).toBe(before);
  keyring.hear(GARDEN.topic, [said(1)]);
  const heard = keyring.versionOf(GARDEN.topic);
  expect(heard).toBeGreaterThan(before);
  keyring.hear(GARDEN.topic, [said(1)]);
  expect(keyring.versionOf(GARDEN.topic)).toBe(heard);
  keyring.hear(GARDEN.topic, [said(2)]);
  expect(keyring.statementsOf(GARDEN.topic)).toEqual([said(2)]);
  expect(keyring.keysOf(GARDEN.topic)?.statements).toBeUndefined();
});
