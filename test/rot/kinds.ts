// What rots in the table of `npm run rot`: the files of a repository, kind by kind, with what must not be lost of them and what
// brings it back.
import fs from 'node:fs';
import path from 'node:path';
import { Replica } from '../testkit/replica.js';
import { factsOf, giveAgain, makeMoreWorld } from '../testkit/rot-more.js';
import { makeRotWorld, type RotWorld, TOPIC } from '../testkit/rot-world.js';
import { filesIn, framesIn, type Harm, type Part } from '../testkit/rotting.js';

/** A repository that is damaged again and again, and what is to be seen in it. */
export interface Stage {
  readonly world: RotWorld;
  /** All of it, when nothing is damaged. */
  readonly whole: readonly string[];
  /** What is to be seen of it now. @throws SatchelError when the first command refuses */
  facts(ana: Replica): Promise<readonly string[]>;
  /** What a user would bring first. */
  bring(ana: Replica): void;
  /** In words. */
  readonly brought: string;
}

/** A kind of thing that is damaged, and where things of it lie. */
export interface Kind {
  readonly name: string;
  readonly parts: (home: string) => Part[];
  readonly harms: readonly Harm[];
  readonly stage: Stage;
}

const FILE_HARMS: readonly Harm[] = ['flip', 'zero', 'cut', 'remove'];

/** All of them; worlds are made below the directory. Signatures and shapes must be prepared. */
export async function makeKinds(directory: string): Promise<readonly Kind[]> {
  const texts = textStage(await makeRotWorld(path.join(directory, 'texts')));
  const more = await moreStage(path.join(directory, 'more'));
  const keys = signingStage(texts.world, directory);
  const aside = { ...more, bring: (ana: Replica) => giveAgain(ana, more.world), brought: 'giving the file again' };
  return [
    { name: 'each commit in a pack', parts: framesIn, harms: ['flip', 'zero'], stage: texts },
    { ...folder('each pack', texts, path.join('objects', 'packs')), harms: ['cut', 'remove', 'grow'] },
    folder('index', texts, 'index'),
    folder('journal', texts, 'journal'),
    folder('format, HEAD', texts, 'format', 'HEAD'),
    folder('refs', texts, 'refs'),
    folder('attachments', more, path.join('objects', 'blobs')),
    folder('proofs', more, 'proofs'),
    folder('quarantine', aside, 'quarantine'),
    folder('keys', keys, 'keys'),
  ];
}

function folder(name: string, stage: Stage, ...folders: string[]): Kind {
  return { name, parts: (home) => filesIn(home, ...folders), harms: FILE_HARMS, stage };
}

function textStage(world: RotWorld): Stage {
  return {
    ...{ world, whole: world.texts, brought: 'a bundle' },
    // a session reads what was decided
    facts: async (ana) => (ana.session.self ? ana.texts(TOPIC) : []),
    bring: (ana) => void ana.import(world.bundle),
  };
}

async function moreStage(
  directory: string,
): Promise<Stage & { readonly world: Awaited<ReturnType<typeof makeMoreWorld>> }> {
  const world = await makeMoreWorld(directory);
  return { ...textStage(world), world, facts: async (ana) => factsOf(ana) };
}

/** Besides the texts: that what is signed now is accepted by a peer. */
function signingStage(world: RotWorld, directory: string): Stage {
  const facts = async (ana: Replica): Promise<readonly string[]> => {
    await ana.post(TOPIC, SIGNED);
    const file = path.join(directory, 'signed.satchel');
    await ana.export(file, { full: true });
    const home = path.join(directory, 'peer');
    fs.rmSync(home, { recursive: true, force: true });
    fs.cpSync(world.peer, home, { recursive: true });
    const ben = Replica.at('ben', home, world.now + 120_000);
    ben.import(file);
    const isAccepted = ben.texts(TOPIC).includes(SIGNED);
    ben.repository.close();
    const texts = ana.texts(TOPIC).filter((text) => text !== SIGNED);
    return isAccepted ? [...texts, SIGNED] : texts;
  };
  return { ...textStage(world), whole: [...world.texts, SIGNED], facts };
}

const SIGNED = 'signed now';
