// What S3 answers to ListObjectsV2: some objects, and where to go on.
import { readXml, type XmlReader } from './xml.js';

/** An object in a bucket. */
export interface BucketObject {
  readonly key: string;
  readonly size: number | undefined;
  readonly etag: string | undefined;
}

/** A page of a listing. */
export interface BucketPage extends XmlReader {
  /** By what the next one is asked for; undefined after the last. */
  readonly next: string | undefined;
}

/** Reads one page; `each` gets what it tells of. */
export function readBucketPage(each: (object: BucketObject) => void): BucketPage {
  let object: { Key?: string; Size?: string; ETag?: string } = {};
  let isTruncated = false;
  let token: string | undefined;
  const { add, end } = readXml({
    root: 'ListBucketResult',
    open(depth) {
      if (depth === 2) object = {};
    },
    close(place, said) {
      const part = /^ListBucketResult\/Contents\/(Key|Size|ETag)$/.exec(place)?.[1];
      if (part !== undefined) object = { ...object, [part]: said };
      if (place === 'ListBucketResult/IsTruncated') isTruncated = said === 'true';
      if (place === 'ListBucketResult/NextContinuationToken') token = said;
      if (place !== 'ListBucketResult/Contents' || object.Key === undefined) return;
      const { Key: key, Size: size = '', ETag: etag } = object;
      each({ key, size: /^\d{1,15}$/.test(size) ? Number(size) : undefined, etag });
    },
  });
  return {
    add,
    end,
    get next() {
      return isTruncated ? token : undefined;
    },
  };
}
