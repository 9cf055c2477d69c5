// What a WebDAV server answers to PROPFIND (RFC 4918, 14.16).
import { readXml, type XmlReader } from './xml.js';

const FINE = /^HTTP\/\S+ 2\d\d\b/;
const PROP = 'multistatus/response/propstat/prop/';
const PROPERTIES = ['getcontentlength', 'getetag', 'getlastmodified', 'resourcetype/collection'];

/** One thing that the server tells of. */
export interface Resource {
  /** As it is told: an absolute URL or a path. */
  readonly href: string;
  readonly isFolder: boolean;
  readonly size: number | undefined;
  readonly etag: string | undefined;
  readonly modified: string | undefined;
}

type Found = Record<string, string>;

/** Reads one; `each` gets what it tells of. */
export function readMultistatus(each: (resource: Resource) => void): XmlReader {
  let response: Found = {};
  let properties: Found = {};
  return readXml({
    root: 'multistatus',
    namespace: 'DAV:',
    open(depth) {
      if (depth === 2) response = {};
      if (depth === 3) properties = {};
    },
    close(place, said) {
      const property = place.startsWith(PROP) ? place.slice(PROP.length) : '';
      if (PROPERTIES.includes(property)) properties[property] = said;
      if (place === 'multistatus/response/propstat/status') properties['status'] = said;
      if (place === 'multistatus/response/status') response['status'] = said;
      if (place === 'multistatus/response/href') response['href'] ??= said;
      // properties that it has, and those that it has not, come apart
      if (place === 'multistatus/response/propstat' && isFine(properties)) response = { ...properties, ...response };
      if (place !== 'multistatus/response' || !isFine(response)) return;
      const { href } = response;
      if (href !== undefined) each(resourceOf(href, response));
    },
  });
}

/** A response without properties says with its own status what became of it. */
function isFine({ status }: Found): boolean {
  return status === undefined || FINE.test(status);
}

function resourceOf(href: string, found: Found): Resource {
  const { getcontentlength: size = '', getetag: etag, getlastmodified: modified } = found;
  return {
    href,
    isFolder: 'resourcetype/collection' in found,
    size: /^\d{1,15}$/.test(size) ? Number(size) : undefined,
    etag,
    modified,
  };
}
