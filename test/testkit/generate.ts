// Everything in fixtures/ but the signature vectors, which ed25519-vectors.ts makes. Same call, same bytes, on every
// Node: a test compares. After a change: npm run fixtures
import { bundleFiles } from './bundle-files.js';
import { formatJson } from './json.js';
import { type VectorFile, vectorFile } from './vector.js';
import { ackStateVectors, ackVectors } from './vectors-ack.js';
import { addressVectors } from './vectors-address.js';
import { attachedVectors } from './vectors-attached.js';
import { blobVectors } from './vectors-blob.js';
import { cardTextVectors, cardVectors, fingerprintVectors, foundingVectors } from './vectors-card.js';
import { entryIdVectors, headVectors, varintVectors } from './vectors-chain.js';
import { citedVectors } from './vectors-cited.js';
import { deviceStateVectors, listVectors } from './vectors-device-list.js';
import { cipherVectors, epochVectors, linkVectors, topicKeysVectors, wrapVectors } from './vectors-epochs.js';
import { frontierVectors } from './vectors-frontier.js';
import { clockVectors, hourVectors, innerVectors, sealedBlobVectors } from './vectors-inner.js';
import { introductionVectors } from './vectors-introduction.js';
import { letterTextVectors, letterVectors } from './vectors-letter.js';
import { hintVectors, rubbishVectors } from './vectors-live.js';
import { messageVectors, topicVectors } from './vectors-message.js';
import { metaVectors } from './vectors-meta.js';
import { orderVectors } from './vectors-order.js';
import { pairingVectors, requestVectors, welcomeVectors } from './vectors-pairing.js';
import { proofVectors } from './vectors-proof.js';
import { recoveryVectors } from './vectors-recovery.js';
import { replicaVectors } from './vectors-replica.js';
import { graphVectors } from './vectors-resolve.js';
import { badSealedVectors, soundSealedVectors } from './vectors-sealed.js';
import { goodSegmentVectors } from './vectors-segment.js';
import { badSegmentVectors } from './vectors-segment-bad.js';
import { stateVectors } from './vectors-state.js';
import { createVectors, statementVectors } from './vectors-statement.js';
import {
  byeVectors,
  callFrameVectors,
  callVectors,
  frameVectors,
  helloVectors,
  markVectors,
  refusedVectors,
  signedVectors,
  takenVectors,
} from './vectors-stream.js';
import { topicStateVectors } from './vectors-topic.js';
import {
  counterVectors,
  sealedEntryVectors,
  veiledIntroductionVectors,
  veiledPayloadVectors,
} from './vectors-veiled.js';
import { wantsVectors } from './vectors-wants.js';

/** The content of each fixture by its path below fixtures/. */
export function fixtureFiles(): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const [name, file] of Object.entries(vectorFiles())) files.set(name, Buffer.from(formatJson(file)));
  for (const [name, bytes] of bundleFiles()) files.set(name, bytes);
  return files;
}

/** The vectors that stand in JSON alone, by file. */
function vectorFiles(): Readonly<Record<string, VectorFile>> {
  return {
    'live.json': vectorFile(LIVE_COMMENT, { hints: hintVectors(), rubbish: rubbishVectors() }),
    'log.json': vectorFile(LOG_COMMENT, {
      entryIds: entryIdVectors(),
      heads: headVectors(),
      metadata: metaVectors(),
      varints: varintVectors(),
      segments: [...goodSegmentVectors(), ...badSegmentVectors()],
    }),
    'card.json': vectorFile(CARD_COMMENT, {
      foundings: foundingVectors(),
      cards: cardVectors(),
      texts: cardTextVectors(),
      fingerprints: fingerprintVectors(),
      recoveries: recoveryVectors(),
      introductions: introductionVectors(),
      lists: listVectors(),
      devices: deviceStateVectors(),
      requests: requestVectors(),
      pairings: pairingVectors(),
      welcomes: welcomeVectors(),
      addresses: addressVectors(),
    }),
    'message.json': vectorFile(MESSAGE_COMMENT, {
      messages: messageVectors(),
      attached: attachedVectors(),
      cited: citedVectors(),
      topics: topicVectors(),
      acks: ackVectors(),
      held: ackStateVectors(),
      order: orderVectors(),
    }),
    'blob.json': vectorFile(BLOB_COMMENT, { lists: blobVectors() }),
    'epochs.json': vectorFile(EPOCHS_COMMENT, {
      ciphers: cipherVectors(),
      epochs: epochVectors(),
      links: linkVectors(),
      topicKeys: topicKeysVectors(),
      wraps: wrapVectors(),
      letters: letterVectors(),
      letterTexts: letterTextVectors(),
      inner: innerVectors(),
      clocks: clockVectors(),
      hours: hourVectors(),
      blobs: sealedBlobVectors(),
    }),
    'frontier.json': vectorFile(FRONTIER_COMMENT, { frontiers: frontierVectors() }),
    'wants.json': vectorFile(WANTS_COMMENT, { wants: wantsVectors() }),
    'proof.json': vectorFile(PROOF_COMMENT, { proofs: proofVectors() }),
    'replica.json': vectorFile(REPLICA_COMMENT, { replicas: replicaVectors(), topics: topicStateVectors() }),
    'resolve.json': vectorFile(RESOLVE_COMMENT, { graphs: graphVectors() }),
    'sealed.json': vectorFile(SEALED_COMMENT, { sound: soundSealedVectors(), bad: badSealedVectors() }),
    'veiled.json': vectorFile(VEILED_COMMENT, {
      entries: sealedEntryVectors(),
      counters: counterVectors(),
      payloads: veiledPayloadVectors(),
      introductions: veiledIntroductionVectors(),
    }),
    'state.json': vectorFile(STATE_COMMENT, { files: stateVectors() }),
    'stream.json': vectorFile(STREAM_COMMENT, {
      frames: frameVectors(),
      hellos: helloVectors(),
      calls: callVectors(),
      callFrames: callFrameVectors(),
      signed: signedVectors(),
      marks: markVectors(),
      taken: takenVectors(),
      refused: refusedVectors(),
      byes: byeVectors(),
    }),
    'statements.json': vectorFile(STATEMENTS_COMMENT, { creates: createVectors(), statements: statementVectors() }),
  };
}

const CONVENTIONS =
  'Bytes are hex, or a list of pieces: hex, or {repeat, times}. code is "ok" or the code word of the refusal. ' +
  'count is the number of vectors in all lists. Made by test/testkit/generate.ts.';
const LOG_COMMENT = `Logs (spec/log.md). ${CONVENTIONS}`;
const CARD_COMMENT = `Cards (spec/card.md), devices (spec/devices.md), introductions (spec/log.md). ${CONVENTIONS}`;
const MESSAGE_COMMENT = `Messages, attachments, cited entries, topics, acknowledgements, order (spec/message.md). ${CONVENTIONS}`;
const BLOB_COMMENT = `Chunk lists of blobs (spec/bundle.md). ${CONVENTIONS}`;
const EPOCHS_COMMENT = `Epochs of private topics (spec/epochs.md). ${CONVENTIONS}`;
const LIVE_COMMENT = `Hints (spec/live.md). ${CONVENTIONS}`;
const STREAM_COMMENT = `Streams (spec/stream.md). ${CONVENTIONS}`;
const FRONTIER_COMMENT = `Frontiers (spec/bundle.md). ${CONVENTIONS}`;
const WANTS_COMMENT = `Wants (spec/bundle.md). ${CONVENTIONS}`;
const PROOF_COMMENT = `Proofs of a contradiction (spec/bundle.md). ${CONVENTIONS}`;
const SEALED_COMMENT = `Sealed files (spec/sealed.md), read with one key. ${CONVENTIONS}`;
const VEILED_COMMENT = `Entries of veiled logs (spec/veiled.md), and counters (spec/epochs.md). ${CONVENTIONS}`;
const STATE_COMMENT = `Small files of a repository (spec/repository.md, "Small files"). ${CONVENTIONS}`;
const STATEMENTS_COMMENT = `Private topics: what they begin with, and statements (spec/private.md). ${CONVENTIONS}`;
const RESOLVE_COMMENT =
  'Who takes part in a private topic (spec/private.md, "Resolution"). Names stand for ids: a device is its person\'s whose name ' +
  'stands before the dot, and of two keys that is smaller whose name comes first. A cut names the id that is held. count is the ' +
  'number of vectors. Made by test/testkit/generate.ts.';
const REPLICA_COMMENT =
  'What a replica makes of segments and proofs of one log (spec/log.md, "Taking a segment"), in several orders, and of logs of ' +
  'one person in a topic (topics), of which every order ends the same. Segments and ' +
  'proofs are hex. Made by test/testkit/generate.ts.';
