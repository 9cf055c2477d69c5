// What stands inside the entries of private topics, behind the cipher (spec/epochs.md, "Inner maps"): messages, control entries,
// acknowledgements. Each is read with the clocks that stand outside.
import { asInteger, asMap, asText, type Cbor, hasCriticalKey } from '../../format/cbor/cbor.js';
import { type ControlBody, controlBodyIn, controlBodyItem } from '../../format/private/control-body.js';
import { type Ack, decodeAckBody, encodeAckBody } from '../acks/acks.js';
import { sealedAttachmentsOf } from '../message/attachment.js';
import { fieldItems, fieldsIn, type Message, type MessageForm, RETRACT, SALT_SIZE } from '../message/message.js';
import { CLOCK_KEY, TIME_KEY } from '../message/message-clock.js';
import { type Clocks, exactClocks, splitClocks } from '../order/hour-clock.js';

/** The type of a control entry that says something of who is in the topic, and with which keys. */
export const CONTROL = 'control';
/** Bytes of salt in a message that does not expire; in one that does it has 16. */
const SHORT_SALT_SIZE = 8;

/** A message of a private topic: nobody guesses its text by the hash of it. */
export type SaltedMessage = Message & { readonly salt: Buffer };

/** What a control entry says; undefined for one that only retracts, in its clear metadata. */
export type ControlEntry = Clocks & { readonly body?: ControlBody | undefined };

/** What an acknowledgement says. */
export type AckEntry = Clocks & { readonly ack: Ack };

/** The map inside of a message's entry. */
export function innerMessage(message: SaltedMessage): Cbor {
  const isWhole = (message.attachments ?? []).every(({ secret }) => secret);
  if (!FORM.saltSizes.includes(message.salt.length) || !isWhole) throw new RangeError('a message of an open topic');
  return new Map([...clockItems(message), ...fieldItems(message)]);
}

/** The message in such a map; undefined when it is none: then the entry is unreadable. */
export function readInnerMessage(item: Cbor, outer: Clocks): Message | undefined {
  const map = innerMap(item);
  const clocks = map && clocksIn(map, outer);
  const fields = map && fieldsIn(map, FORM);
  return clocks && fields ? { ...clocks, ...fields } : undefined;
}

/** The map inside of a control entry. */
export function innerControl({ body, ...clocks }: ControlEntry): Cbor {
  const said: [number, Cbor][] = body ? [[BODY_KEY, controlBodyItem(body)]] : [];
  return new Map([...clockItems(clocks), [TYPE_KEY, body ? CONTROL : RETRACT], ...said]);
}

/** What such a map says; undefined when it is none: then the entry is unreadable. */
export function readInnerControl(item: Cbor, outer: Clocks): ControlEntry | undefined {
  const map = innerMap(item);
  const clocks = map && clocksIn(map, outer);
  const type = asText(map?.get(TYPE_KEY));
  if (!map || !clocks) return undefined;
  if (type === RETRACT) return clocks;
  const body = type === CONTROL ? controlBodyIn(map.get(BODY_KEY)) : undefined;
  return body && { ...clocks, body };
}

/** The map inside of an acknowledgement. */
export function innerAck({ ack, ...clocks }: AckEntry): Cbor {
  return new Map([...clockItems(clocks), [BODY_KEY, encodeAckBody(ack)]]);
}

/** The acknowledgement in such a map; undefined when it is none: then it acknowledges nothing. */
export function readInnerAck(item: Cbor, outer: Clocks): AckEntry | undefined {
  const map = innerMap(item);
  const clocks = map && clocksIn(map, outer);
  const ack = decodeAckBody(map?.get(BODY_KEY));
  return clocks && ack && { ...clocks, ack };
}

function clockItems(clocks: Clocks): [number, Cbor][] {
  const { inner } = splitClocks(clocks);
  return [
    [TIME_KEY, inner.time],
    [CLOCK_KEY, inner.clock],
  ];
}

function innerMap(item: Cbor): ReadonlyMap<number, Cbor> | undefined {
  const map = asMap(item);
  return map && !hasCriticalKey(map) ? map : undefined;
}

/** Any two whole numbers: what is none within an hour counts as its end. None where the sum is no integer that can be written. */
function clocksIn(map: ReadonlyMap<number, Cbor>, outer: Clocks): Clocks | undefined {
  const [time, clock] = [TIME_KEY, CLOCK_KEY].map((key) => asInteger(map.get(key), Number.MIN_SAFE_INTEGER));
  if (time === undefined || clock === undefined) return undefined;
  const exact = exactClocks(outer, { time, clock });
  return [exact.time, exact.clock - exact.time].every(Number.isSafeInteger) ? exact : undefined;
}

const FORM: MessageForm = {
  saltSizes: [SHORT_SALT_SIZE, SALT_SIZE],
  isSalted: true,
  attachmentsOf: sealedAttachmentsOf,
};
const TYPE_KEY = 3;
const BODY_KEY = 4;
