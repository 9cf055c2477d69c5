// A media type for a file by the end of its name: what its author says of an attachment, and nobody relies on.

/** What is packed or logged here, and has no place in the table of the package. */
const BESIDES: Readonly<Record<string, string>> = {
  ndjson: 'application/x-ndjson',
  tgz: 'application/gzip',
  zst: 'application/zstd',
};

/** The media type that the name suggests, or nothing. */
export async function mediaTypeOf(name: string): Promise<string> {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  if (ending === '') return '';
  const { default: mime } = await import('mime');
  return mime.getType(ending) ?? (Object.hasOwn(BESIDES, ending) ? (BESIDES[ending] ?? '') : '');
}
