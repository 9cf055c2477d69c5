// Repair: what to do about what `check` finds, step by step, and what nobody can do anything about here (spec/repository.md,
// "Repair"). No step destroys the only copy of anything: what is in the way is set aside in the quarantine.

import path from 'node:path';
import { hasRemains } from '../repository/create.js';
import { disk } from '../repository/disk.js';
import { makeDirectory, onDisk } from '../repository/files.js';
import { findFormat, renewFormat } from '../repository/format.js';
import { type Layout, layoutOf, REPOSITORY_FORMAT } from '../repository/layout.js';
import type { Repository } from '../repository/repository.js';
import { writeDamage } from '../repository/rot/damage.js';
import { badStateFiles } from '../repository/state/bad-state.js';
import { fileOfState } from '../repository/state.js';
import { readTopics, writeTopics } from '../topic/topics.js';
import { checkEverything, type Finding } from './check.js';

/** Something that is wrong, and what repairs it. */
export interface Step {
  readonly code: Finding['code'] | 'format' | 'config' | 'head' | 'derived';
  /** Lower case, no full stop. */
  readonly message: string;
  readonly where: string;
  /** What is done about it, in the imperative. */
  readonly action: string;
  apply(): void;
}

/** What was found in an open repository. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Errors that nothing here can undo. */
  readonly left: readonly Finding[];
}

/** What has to be done before the repository can be opened. `isConfigBad` is found out by who knows settings; `loadShapes` must have been awaited. */
export function stepsBefore(directory: string, isConfigBad: boolean): Step[] {
  const layout = layoutOf(directory);
  return [
    ...formatSteps(layout),
    ...(isConfigBad ? [asideStep(layout, fileOfState(layout, 'config'), 'config', 'is no list of settings')] : []),
    ...headSteps(layout, directory),
    ...badStateFiles(layout)
      .filter(({ kind, isGone }) => kind === 'derived' && !isGone)
      .map(({ file, problem }) => asideStep(layout, file, 'derived', problem)),
  ];
}

/** Everything else. @throws SatchelError `busy` */
export function planRepair(repository: Repository): Plan {
  const findings = checkEverything(repository, { all: true }).filter(({ severity }) => severity === 'error');
  const steps = findings.flatMap((finding) => stepFor(repository, finding) ?? []);
  const left = findings.filter(
    (finding) => !stepFor(repository, finding) && finding.code !== 'rot' && finding.code !== 'blob',
  );
  return { steps: [...new Map(steps.map((step) => [`${step.action} ${step.code}`, step])).values()], left };
}

/** Whether entries or attachments were damaged, and others may have them. */
export function isMissingSome(repository: Repository): boolean {
  return repository.logsWithLoss().length > 0 || repository.damage.unknownBytes > 0;
}

/** Notes that its user was told what is missing, and how it comes back. Only under the repository's lock. */
export function noteTold(repository: Repository): void {
  if (repository.damage.at > 0) writeDamage(repository.layout, { ...repository.damage, isTold: true });
}

function stepFor(repository: Repository, { code, message, where }: Finding): Step | undefined {
  const { layout } = repository;
  if (code === 'pack' || code === 'segment' || code === 'index') {
    const action = 'write the packs anew with what is whole, set them aside as they were, and build the index anew';
    const apply = (): void => {
      repository.takeBadSpots();
      repository.locked(() => repository.mend());
    };
    return { code, message, where, action, apply };
  }
  return code === 'proof' ? asideStep(layout, where, 'proof', message) : undefined;
}

/** A directory with an identity and packs in it is a repository, whatever became of the file that says so. */
function formatSteps(layout: Layout): Step[] {
  const { judgement } = findFormat(layout);
  if (judgement === 'good' || judgement === 'newer') return [];
  if (!hasRemains(layout) && !disk.exists(path.join(layout.refs, 'self.json'))) return [];
  const message = judgement === 'missing' ? 'is missing' : 'does not say what it must';
  const condition = judgement === 'unclear' ? ', right only if no newer satchel was ever used here' : '';
  const action = `write "${REPOSITORY_FORMAT}" into it${condition}`;
  return [{ code: 'format', message, where: layout.format, action, apply: () => renewFormat(layout) }];
}

function headSteps(layout: Layout, directory: string): Step[] {
  const bad = badStateFiles(layout).find(({ name, isGone }) => name === 'head' && !isGone);
  if (!bad) return [];
  const apply = (): void => {
    onDisk(`removing ${layout.head}`, () => disk.remove(layout.head));
    const topics = readTopics(directory);
    writeTopics(directory, { ...topics, current: topics.topics.findLast(({ joined }) => joined)?.topic });
  };
  const action = 'name the topic in it that was joined last';
  return [{ code: 'head', message: bad.problem, where: layout.head, action, apply }];
}

function asideStep(layout: Layout, file: string, code: Step['code'], message: string): Step {
  return { code, message, where: file, action: 'set it aside', apply: () => putAside(layout, file) };
}

/** Out of the way, under a name that is free. */
function putAside({ quarantine }: Layout, file: string): void {
  onDisk(`setting ${file} aside`, () => {
    makeDirectory(quarantine);
    const name = (i: number): string => path.join(quarantine, `${path.basename(file)}-damaged-${i}`);
    let i = 1;
    while (disk.exists(name(i))) i++;
    disk.rename(file, name(i));
    // else a power cut could bring it back
    for (const directory of [quarantine, path.dirname(file)]) disk.syncNames(directory);
  });
}
