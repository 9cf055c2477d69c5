// The items of a bundle as lines for a guard (spec/cli.md, "inspect --text"): ids in full, times in UTC, all text escaped
// and marked.
import { type Cited, hasId } from '../../topic/message/message.js';
import { cutLines, wholeLines } from '../terminal/body-lines.js';
import { escapeLine } from '../terminal/escape.js';
import type { Style } from '../terminal/style.js';
import type {
  Content,
  EntryItem,
  FrontierItem,
  HeadItem,
  IntroductionItem,
  Item,
  MessageInside,
  SegmentItem,
  WantItem,
} from './inspect-item.js';

const HEX_COLUMNS = 96;
const SIZE_COLUMNS = 10;
const INDENT = '     ';

/** How the lines are made. */
export interface ItemOptions {
  readonly style: Style;
  /** Lines of text are cut to this width. */
  readonly columns: number;
}

/** Makes the lines of one item after the other; headings stand where the kind of item changes. */
export function itemLines(options: ItemOptions): (item: Item) => string[] {
  let heading = '';
  return (item) => {
    const now = headingOf(item) ?? heading;
    const lines = now === heading ? [] : [...(heading === '' ? [] : ['']), options.style.bold(now)];
    heading = now;
    return [...lines, ...linesOf(item, options)];
  };
}

/** Undefined for items that stand under the heading before. */
function headingOf(item: Item): string | undefined {
  switch (item.type) {
    case 'member':
      return 'Members, in bytes:';
    case 'manifest':
      return 'Manifest:';
    case 'frontier':
      return 'What the maker says it holds:';
    case 'want':
      return 'What the maker lacks of attachments:';
    case 'proof':
      return 'Logs that contradict themselves:';
    case 'segment':
      return `Log ${item.log}:`;
    case 'refused':
      return `Not valid: log ${item.log}`;
    case 'blob':
      return 'Attachment chunks:';
    case 'bytes':
      return `Bytes of ${item.of}:`;
    default:
      return undefined;
  }
}

function linesOf(item: Item, { style, columns }: ItemOptions): string[] {
  switch (item.type) {
    case 'member':
      return [`${String(item.size).padStart(SIZE_COLUMNS)}  ${item.name}`];
    case 'manifest':
      return [...indented(cutLines([escapeLine(item.text)], columns - INDENT.length)), `  signature ${item.signature}`];
    case 'frontier':
      return frontierLines(item);
    case 'want':
      return wantLines(item);
    case 'proof':
      return [`  ${item.log} has two entries ${item.length - 1}`];
    case 'segment':
      return [segmentLine(item, style)];
    case 'introduction':
      return introductionLines(item, columns);
    case 'entry':
      return entryLines(item, columns);
    case 'head':
      return [headLine(item, style)];
    case 'refused':
      return [style.red(`  ${escapeLine(item.message)} (${item.code}); its bytes:`)];
    case 'blob':
      return [blobLine(item), ...contentLines(item.content, columns)];
    case 'bytes':
      return hexLines(item.hex);
  }
}

function frontierLines({ log, ranges }: FrontierItem): string[] {
  const listed = ranges.map(({ from, end, id }) =>
    end === null ? `    from ${from} on: wants no more` : `    ${from}-${end - 1}  ${id}`,
  );
  return [`  ${log}`, ...(listed.length > 0 ? listed : ['    nothing'])];
}

function wantLines({ root, chunks }: WantItem): string[] {
  if (!root) return ['  and more that is not told'];
  const listed = chunks?.map(({ from, end }) => (end - from === 1 ? `${from}` : `${from}-${end - 1}`));
  return [`  ${root}: ${listed ? `chunks ${listed.join(', ')}` : 'all of it'}`];
}

function segmentLine({ from, to, codec, size, raw, previous }: SegmentItem, style: Style): string {
  const packed = codec === 'none' ? 'not compressed' : `${codec}, ${raw} bytes unpacked`;
  const before = from === 0 ? '' : `, after ${previous}`;
  return style.dim(`  segment of entries ${from}-${to - 1}: ${size} bytes, ${packed}${before}`);
}

function introductionLines(item: IntroductionItem, columns: number): string[] {
  const { seq, id, topic, label, name, person, device, card, after, signature } = item;
  return [
    `  ${seq}  ${id}  introduction`,
    `     topic "${escapeLine(label)}" ${topic}`,
    `     author ~${escapeLine(name)}, person ${person}, device ${device}`,
    `     card ${card}`,
    `     signature ${signature}`,
    ...(after ? [`     continues log ${after.log} at length ${after.length}, id ${after.id}`] : []),
    ...metaLines(item),
    ...restLines(item.rest, columns),
  ];
}

function entryLines(item: EntryItem, columns: number): string[] {
  const { seq, id, size, dropped, message, sealed, rest } = item;
  const unread = sealed ? `${SEALED_WORDS[sealed]}, sealed for the members of a private topic` : 'not a message';
  const what = dropped ? `the payload is not here, its SHA-256 is ${dropped}` : message ? '' : unread;
  return [
    `  ${seq}  ${id}  ${size} bytes${what && `, ${what}`}`,
    ...(message ? messageLines(message, columns) : []),
    ...metaLines(item),
    ...restLines(rest, columns),
  ];
}

const SEALED_WORDS: Readonly<Record<NonNullable<EntryItem['sealed']>, string>> = {
  introduction: 'an introduction',
  message: 'a message',
  control: 'a control entry',
  acknowledgement: 'an acknowledgement',
};

function blobLine({ digest, size, lists }: Item & { readonly type: 'blob' }): string {
  return `  ${digest}, ${size} bytes${lists === null ? '' : `, the list of chunks of an attachment of ${lists} bytes`}`;
}

function messageLines(message: MessageInside, columns: number): string[] {
  const { time, clock, type, text, attachments, deps, reply, key, salt } = message;
  const keyPart = key === null ? '' : `, key "${escapeLine(key)}"`;
  return [
    `     ${time ?? 'no date'}, clock ${clock}, type "${escapeLine(type)}"${keyPart}`,
    ...(text === null ? [] : indented(wholeLines(text, columns - INDENT.length))),
    ...attachments.map(attachmentLine),
    ...deps.map((cited, i) => `     ${i === reply ? 'replies to' : 'has seen'} ${citedText(cited)}`),
    ...(salt === null ? [] : [`     salt ${salt}`]),
  ];
}

function citedText(cited: Cited): string {
  return `${cited.log} ${cited.seq} ${hasId(cited) ? cited.id : `by entry ${cited.by}`}`;
}

function attachmentLine({ root, size, name, mediaType }: MessageInside['attachments'][number]): string {
  return `     brings "${escapeLine(name)}", type "${escapeLine(mediaType)}", ${size} bytes, ${root}`;
}

function metaLines({ meta, metaHex, needsNewer }: Pick<EntryItem, 'meta' | 'metaHex' | 'needsNewer'>): string[] {
  const { expires, blobs = [], retracts = [], housekeeping, retractsIn } = meta;
  const parts = [
    ...(housekeeping ? ['housekeeping'] : []),
    ...(expires === undefined ? [] : [`expires on day ${expires}${dateOfDay(expires)}`]),
    ...retracts.map(({ from, end }) => `retracts ${from}-${end - 1}`),
    ...(retractsIn?.ranges ?? []).map(({ from, end }) => `retracts ${from}-${end - 1} of an older log`),
    ...blobs.map(({ root, size }) => `attachment ${root} of ${size} bytes`),
  ];
  return [
    ...(needsNewer ? ['     needs a newer version of satchel'] : []),
    ...(parts.length > 0 ? [`     metadata: ${parts.join(', ')}`] : []),
    ...(metaHex === null ? [] : [`     metadata in full: ${metaHex}`]),
  ];
}

function restLines(rest: Content | null, columns: number): string[] {
  return rest ? ['     payload in full:', ...contentLines(rest, columns)] : [];
}

function contentLines({ form, value }: Content, columns: number): string[] {
  if (form === 'hex') return hexLines(value);
  const room = columns - INDENT.length;
  return indented(form === 'cbor' ? cutLines([value], room) : wholeLines(value, room));
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `${INDENT}${line}`);
}

function hexLines(hex: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < hex.length; at += HEX_COLUMNS) lines.push(`     x ${hex.slice(at, at + HEX_COLUMNS)}`);
  return lines;
}

function headLine({ length, signature, valid }: HeadItem, style: Style): string {
  const line = `  head at length ${length}: ${valid ? '' : 'NOT VALID '}${signature}`;
  return valid ? style.dim(line) : style.red(line);
}

function dateOfDay(day: number): string {
  const date = new Date(day * 86_400_000);
  return Number.isNaN(date.getTime()) ? '' : ` (${date.toISOString().slice(0, 10)})`;
}
