// Cards as they lie among contacts, with another key to seal to. Nobody signed them: what was stored is believed.

const PREFIX = 'satchel1:';

/** The text of a card with that recipient, 32 bytes; its signature is wrong then. */
export function withRecipient(card: string, recipient: Buffer): string {
  const bytes = Buffer.from(card.slice(PREFIX.length), 'base64url');
  const nameEnd = bytes.length - 64;
  let at = nameEnd;
  while (bytes[at - 1] !== nameEnd - at) at -= 1;
  recipient.copy(bytes, at - 1 - recipient.length);
  return PREFIX + bytes.toString('base64url');
}
