// What is remembered of a bundle from its front: who made it when, and the topic that all of it is about (spec/drive.md,
// "People").
import type { Manifest } from '../../format/bundle/manifest.js';
import type { LogId } from '../../format/ids.js';
import { SEALED_RECIPIENTS_MAX } from '../../format/limits.js';
import type { Session } from '../session.js';
import type { SeenFile } from './memory.js';

/** Who signed it, and when in that device's life. */
export function makerOf(manifest: Manifest | undefined): Pick<SeenFile, 'by' | 'made' | 'proofs'> {
  if (!manifest) return {};
  const { key, epoch, serial, created, members } = manifest;
  const proofs = members.some(({ name }) => name === 'proofs');
  return { by: key, made: { epoch, serial, created }, ...(proofs && { proofs }) };
}

/** Whom a sealed file is for, as its maker says there. More people than there may be keys cannot be. */
export function audienceIn(manifest: Manifest | undefined): Pick<SeenFile, 'for'> {
  return manifest ? { for: manifest.for.slice(0, SEALED_RECIPIENTS_MAX) } : {};
}

/** The topic of these logs, if it is one and the same. */
export function aboutOf({ repository }: Session, logs: readonly LogId[]): Pick<SeenFile, 'topic'> {
  const topics = new Set([...new Set(logs)].map((log) => repository.log(log)?.topic));
  const [topic] = topics;
  return topics.size === 1 && topic ? { topic } : {};
}
