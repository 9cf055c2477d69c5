// Every kind of bytes that the program takes from others, with what somebody could make of them.
import type { Kind } from './case.js';
import { ARCHIVE } from './kinds/archive.js';
import { CARD, PASTED } from './kinds/card.js';
import { CHUNK_LIST } from './kinds/chunk-list.js';
import { CONTENTS } from './kinds/contents.js';
import { DEVICE_LIST, REQUEST, WELCOME } from './kinds/devices.js';
import { ACK, INTRODUCTION, MESSAGE, META } from './kinds/inside.js';
import { MANIFEST } from './kinds/manifest.js';
import { MARKER } from './kinds/marker.js';
import { NDJSON } from './kinds/ndjson.js';
import { CONTROL, LETTER } from './kinds/private.js';
import { PROOFS } from './kinds/proofs.js';
import { SEALED } from './kinds/sealed.js';
import { SEGMENT } from './kinds/segment.js';
import { FRONTIER, WANTS } from './kinds/statements.js';
import { TAR } from './kinds/tar.js';

/** One kind for each decoder that reads foreign bytes. */
export const CORPUS: readonly Kind[] = [
  TAR,
  MANIFEST,
  CONTENTS,
  FRONTIER,
  WANTS,
  PROOFS,
  SEGMENT,
  META,
  INTRODUCTION,
  MESSAGE,
  ACK,
  CARD,
  MARKER,
  CHUNK_LIST,
  PASTED,
  NDJSON,
  ARCHIVE,
  SEALED,
  REQUEST,
  WELCOME,
  DEVICE_LIST,
  CONTROL,
  LETTER,
];

/** Cases of each kind, at least. */
export const CASES_MIN = 12;
