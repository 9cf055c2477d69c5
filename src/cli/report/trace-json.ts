// The way of one message as programs read it (spec/cli.md, "JSON").

import type { DeviceKey, PersonId } from '../../format/ids.js';
import type { Arrival } from '../../sync/known/history.js';
import { personOfDevice } from '../../sync/known/person-lookup.js';
import type { TracedOne } from '../../sync/known/trace.js';
import { isUrl } from '../../sync/medium/url.js';
import type { Context } from '../command/context.js';
import { whereJson } from './drive-json.js';
import { personName } from './person-name.js';
import { nextStep } from './trace-next.js';
import { driveLabel } from './trace-report.js';
import type { Traced } from './traced.js';

/** One document; what is unknown is `null`. */
export function traceJson(context: Context, traced: Traced): object {
  const { view, trace } = traced;
  const { id, log, seq, topic, topicId, author, time, own, state } = view;
  return {
    id,
    log,
    seq,
    topic,
    topicId,
    own,
    state,
    time: time ?? null,
    author: { person: author.person ?? null, name: author.name, contact: author.contact ?? null },
    arrived: trace.arrival ? arrivalJson(traced, trace.arrival) : null,
    exports: trace.exports.map(({ at, for: people, digest, ...place }) => ({
      at,
      ...placeJson(traced, place),
      for: people.map((person) => personJson(traced, person)),
      digest: digest ?? null,
    })),
    uncertainExports: trace.uncertain,
    drives: trace.drives.map(({ id: drive, label, directory, isHere, last, bundles }) => ({
      ...whereJson(directory),
      drive,
      label,
      present: isUrl(directory) ? null : isHere,
      last,
      bundles,
    })),
    heldBy: trace.holders.map(({ kind, at, entry, arrival, ...one }) => ({
      ...oneJson(traced, one),
      by: kind,
      at: at ?? null,
      entry: entry ?? null,
      arrived: arrival ? arrivalJson(traced, arrival) : null,
    })),
    declined: trace.declined.map(({ at, ...one }) => ({ ...oneJson(traced, one), at })),
    unknown: trace.unknown.map(({ lastHeard, waitsOn, ...one }) => ({
      ...oneJson(traced, one),
      lastHeard: lastHeard ?? null,
      waitsOn,
    })),
    passedOn: trace.isPassedOn,
    journalSince: trace.since ?? null,
    next: nextStep(context, traced).command,
  };
}

function arrivalJson(traced: Traced, { at, by, ...place }: Arrival): object {
  return { at, ...placeJson(traced, place), by: by ?? null, ...makerJson(traced, by) };
}

function placeJson({ session }: Traced, { file, drive }: Pick<Arrival, 'file' | 'drive'>): object {
  return { file, drive: drive ?? null, label: drive === undefined ? null : driveLabel(session, drive) };
}

function makerJson(traced: Traced, by: DeviceKey | undefined): object {
  const person = by && personOfDevice(traced.session, by);
  return person ? personJson(traced, person) : { person: null, name: null };
}

function oneJson(traced: Traced, { person, device }: TracedOne): object {
  return { ...personJson(traced, person), device: device ?? null };
}

function personJson({ session, people }: Traced, person: PersonId): object {
  return { person, name: personName(session, people, person) };
}
