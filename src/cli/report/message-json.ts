// A message as programs read it (spec/cli.md, "read"): fields are only ever added, ids in full, times in ms.
import { fileSizeOf } from '../../topic/message/attached-file.js';
import type { AttachmentView, CitedView, MessageView } from '../../topic/reading/view.js';
import type { WaitsFor } from '../../topic/reading/waits-for.js';

/** The JSON value of a message. */
export function messageJson(view: MessageView): Record<string, unknown> {
  const { id, log, seq, topic, topicId, author, type, deps, gap, damaged, own, unread, state } = view;
  const { device, person, name, contact } = author;
  return {
    id,
    log,
    seq,
    topic,
    topicId,
    author: { device: device ?? null, person: person ?? null, name, contact: contact ?? null },
    clock: view.clock ?? null,
    time: view.time ?? null,
    arrived: view.arrived ?? null,
    text: view.text ?? null,
    reply: view.answers?.id ?? null,
    replyTo: view.answers ? citedJson(view.answers) : null,
    deps: deps.map(citedJson),
    again: view.again ? citedJson(view.again) : null,
    gap,
    damaged,
    type,
    state,
    own,
    unread,
    timeDoubtful: view.timeDoubtful,
    clockDoubtful: view.clockDoubtful,
    attachments: view.attachments.map(attachmentJson),
    edited: view.edited ? { id: view.edited.id, time: view.edited.time } : null,
    about: view.about ? citedJson(view.about) : null,
    reactions: view.reactions,
    mentionsUs: view.mentionsUs,
    waitsFor: view.waitsFor ? { ...waitsForJson(view.waitsFor), from: { person: person ?? null, name } } : null,
  };
}

function waitsForJson({ what, asked }: WaitsFor): Record<string, unknown> {
  return { what, asked: asked ?? null };
}

function citedJson({ log, seq, id }: CitedView): Record<string, unknown> {
  return { log, seq, id: id ?? null };
}

/** The JSON value of an attachment. */
export function attachmentJson(view: AttachmentView): Record<string, unknown> {
  const { root, name, mediaType, chunks, held, state } = view;
  return { root, size: fileSizeOf(view), name, mediaType, chunks, held, state };
}
