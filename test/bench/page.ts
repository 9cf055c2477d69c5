// docs/performance.md: written from a run, never by hand.
import { formatBytes, type Measured, type Report, resultTable } from './report.js';
import { type StoreCost, storesSection } from './stores.js';
import { targetsOf, targetTable } from './targets.js';

const TITLES: Readonly<Record<string, string>> = {
  standard: 'messages, 10 authors',
  private: 'messages in private, 10 authors',
  'many-logs': 'messages in logs of 10',
  mails: 'real mails',
};

/** The page; what drives at a URL cost is counted by another run. */
export function pageOf(report: Report, stores: readonly StoreCost[] = []): string {
  return `# Performance

Measured by \`npm run bench -- ${report.runs}\`, which wrote this page: medians of commands that each ran as a fresh process of the built program, in alternation with its peers.

- Machine: ${report.machine}
- Versions: ${Object.entries(report.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}
- Date: ${report.date}; load when the run began ${report.load.toFixed(1)}${report.load > 1 ? ': **something else ran too, so only ratios mean anything, and those of short commands little**' : ''}
${report.notes.map((note) => `- Not measured: ${note}\n`).join('')}
## Targets

They were set before the program was written. Times are compared within one run; \`node -e 0\` is what it takes to start a process that does nothing.

${targetTable(targetsOf(report))}

![Time and size against the number of messages](performance.svg)

## What is measured

The standard workload: 10 authors write messages of 20 to 280 bytes (120 on average) of words that are as unevenly frequent as real ones, in 20 rounds. After each round everybody gets everything, so the first message of each author in a round cites what came, and every third answers another author's earlier message. The 1 % delta is one more, smaller round. As NDJSON a message is its author, time, text and, if it answers one, that one's author and number.

- *append all*: \`post --ndjson\` in ten new repositories, one after the other, without answers, since nobody has got anything yet. git: \`fast-import\`, a commit a message, a branch an author. hypercore: a batch an author, as *hypercore* all ten in one process, and as *hypercore, a process each* in ten, as satchel: ten people have ten computers.
- *full export*, *1 % delta export*: \`export --full\`, and \`export --to\` a contact that has acknowledged the rest. git: \`bundle create\`, for the delta without the commits the receiver has.
- *satchel, sealed*: the same content sealed for those its writer knows, and opened by one of them.
- *satchel, private*, *without keys* (private workload): the standard workload's messages without their answers, written in a private topic, against the same in the open; imported by a member, and by a contact who only carries them.
- *import*: everything is verified and durable. git: \`fetch\` from the bundle with \`fetch.fsckObjects\`; bytes are those of the repository afterwards.
- *read -n 50*, *read everything*: git: \`log --date-order\`, with a commit graph. *first read -n 50*: when nothing was read before.
- *check --all*: every entry and signature again. git: \`fsck --full\`; its commits are not signed.
- *real mails*: 4,150 mails to lists of 2002 with their senders, times and answers, each sender's in a log of its own, gathered by somebody who knows nobody (the ham of the SpamAssassin corpus). *logs of 10*: 10,000 people nobody knows, with 10 messages each.
- Peak memory is the largest of any run. What has no counterpart is not compared.

## What limits it

- *Every command*: Node's own start, and then compiling what a command needs of the program, which is in parts ([architecture.md](architecture.md)): a third of its 1.2 MB for *read*, little for the version. Before, a packer of our own had only what a command needs compiled, and that in advance: commands took 1.2 to 1.9 times as much processor time as \`node -e 0\`, and take 3.1 to 3.8 times as much now, 1.3 for the version alone (measured on 1 December 2026; as one file of 1.1 MB it was 4.8 to 5.3, and 3.4). That is a step back, taken on purpose: for a standard parser of command lines, and for a program that can be read, debugged and built with what everybody knows. From Node 22 on, Node itself keeps what it has compiled of the installed program. The file for a stick is slower by what the packages in it take to be looked through, and keeps nothing.
- *read -n 50*: the first time the last segment of each author is decompressed, and of those with a quoted message what stands before it; after that only what came since, and what that quotes. *status* remembers what each contact has acknowledged, and reads only what came since.
- *Import*: each entry costs two SHA-256 and each segment one Ed25519; git verifies no signature. What is left is hashing (a call of \`crypto.hash\` costs 0.8 µs however short its input) and decompression; the first 10,000 entries take several times as long as later ones, until Node has compiled what they need. A second thread that verified from the other end of the bundle on was measured three times and removed: at 100,000 messages it saved a hundredth, for its start and its own compiling take what it saves.
- *append all* is ten processes, each with its start, its keys and one durable commit; compressing takes 25 ms of each, at a lower quality than garbage collection uses later, and most of that on another thread. Hashing is a tenth of it, and much of the rest that code runs slower while it is new.
- *Bundle*: what came last lies in small segments, which compress worse, until garbage collection merges it, and merged ones have at most 4,096 entries so that a quoted message is quick to read: both together cost 3 % against segments of 8,192 entries throughout. Signatures take 0.7 %, the ids that messages cite 0.2 %: answers of one batch share those of the logs they answer.
- *Export* copies segments as they are; what it takes is reading, hashing and syncing the bundle's bytes, and the start.
- *Read everything*: the logs are merged by clock, and a run is opened when the merge gets to the lowest clock in it. Of logs of 10 messages it took 182 MB for 5,000 of them, 249 MB for 10,000 and 385 MB for 20,000, and 4.7, 8.1 and 16.7 s of processor time (30 November 2026, beside other work at a load of 8 to 15, so the times are too high). Before, it was 256, 323 and 495 MB, and 5.5, 10.2 and 22.5 s: each log took 32 KiB for ids of messages that might be quoted, and all logs were opened at once. Later that day ids that passed by, authors and open segments of short logs were made to take less: 165 MB for 5,000 of them, 214 to 227 MB for 10,000 (245 to 254 before). What is left, about 10 KB a log, mostly not collected yet, is above the target of 200 MB from about 8,000 logs on.

${report.measured.map(section).join('\n')}
${stores.length > 0 ? `${storesSection(stores)}\n` : ''}The same numbers for programs: [performance.json](performance.json).
`;
}

function section(measured: Measured): string {
  const title = TITLES[measured.workload] ?? measured.workload;
  return `## ${measured.messages.toLocaleString('en')} ${title}

${measured.logs.toLocaleString('en')} logs; as NDJSON ${formatBytes(measured.ndjsonBytes)}, by \`gzip -6\` ${formatBytes(measured.gzipBytes)}.

${resultTable(measured)}
`;
}
