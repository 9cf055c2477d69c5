// Completion scripts for bash, zsh and fish. Static: commands, options and choices; every other word completes to files.
import type { Command, Option } from './command.js';
import { COMMANDS, groupOf } from './table/commands.js';
import { ANSWERED_OPTIONS, GLOBAL_OPTIONS } from './table/globals.js';

/** The shells there are scripts for. */
export type Shell = 'bash' | 'zsh' | 'fish';

/** The completion script for a shell. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell]();
}

const SCRIPTS: Readonly<Record<Shell, () => string>> = { bash: bashScript, zsh: zshScript, fish: fishScript };

const EVERYWHERE: Readonly<Record<string, Option>> = { ...GLOBAL_OPTIONS, help: ANSWERED_OPTIONS.help };

function allCommands(): readonly Command[] {
  return Object.values<Command>(COMMANDS);
}

function firstWords(): string[] {
  return [...new Set(allCommands().map(({ name }) => name.split(' ')[0] ?? name)), 'help', 'log'];
}

function optionsOf(command: Command): readonly (readonly [string, Option])[] {
  return Object.entries({ ...command.options, ...EVERYWHERE });
}

/** What may follow the command: its options and the choices of its arguments. */
function wordsOf(command: Command): string[] {
  const flags = optionsOf(command).flatMap(([name, { short }]) =>
    short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`],
  );
  return [...command.positionals.flatMap(({ choices }) => choices ?? []), ...flags];
}

function groupNames(): string[] {
  return firstWords().filter((word) => groupOf(word).length > 0);
}

function membersOf(group: string): string[] {
  return groupOf(group).map(({ name }) => name.slice(group.length + 1));
}

function bashScript(): string {
  const cases = [
    `    '') words='${firstWords().join(' ')}' ;;`,
    ...groupNames().map((group) => `    '${group}') words='${membersOf(group).join(' ')}' ;;`),
    ...allCommands().map((command) => `    ${patternOf(command)}) words='${wordsOf(command).join(' ')}' ;;`),
  ];
  return `# bash completion for satchel
_satchel() {
  local word command='' words='' current="\${COMP_WORDS[COMP_CWORD]}" i skip=0
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if ((skip)); then skip=0; continue; fi
    case "$word" in
      -C|--directory|--lock-timeout) skip=1 ;;
      -*) ;;
      *)
        case "$command" in
          '') command="$word" ;;
          ${groupNames().join('|')}) command="$command $word" ;;
        esac ;;
    esac
  done
  case "$command" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case "$command" in ''|${groupNames().join('|')}) return ;; esac
  if [ "\${current#-}" = "$current" ]; then
    COMPREPLY+=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _satchel satchel
`;
}

function patternOf(command: Command): string {
  return [command.name, ...(command.alias === undefined ? [] : [command.alias])].map((name) => `'${name}'`).join('|');
}

function zshScript(): string {
  return `#compdef satchel
# zsh completion for satchel: the bash function, through zsh's own adapter
autoload -U +X bashcompinit && bashcompinit
${bashScript()}`;
}

function fishScript(): string {
  const lines = ['# fish completion for satchel', 'function __satchel_command', ...FISH_FUNCTION, 'end', ''];
  for (const word of firstWords()) lines.push(fishWord('', word, fishSummary(word)));
  for (const group of groupNames()) {
    for (const { name, summary } of groupOf(group)) lines.push(fishWord(group, name.slice(group.length + 1), summary));
  }
  for (const command of allCommands()) {
    for (const at of [command.name, ...(command.alias === undefined ? [] : [command.alias])]) {
      lines.push(
        ...command.positionals.flatMap(({ choices }) => choices ?? []).map((choice) => fishWord(at, choice, '')),
      );
      lines.push(...optionsOf(command).map(([name, option]) => fishOption(at, name, option)));
    }
  }
  return `${lines.join('\n')}\n`;
}

const FISH_FUNCTION = [
  '  set -l words (commandline -opc)[2..-1]',
  '  set -l found',
  '  set -l skip 0',
  '  for word in $words',
  '    if test $skip = 1; set skip 0; continue; end',
  '    switch $word',
  '      case -C --directory --lock-timeout; set skip 1',
  "      case '-*'",
  `      case '*'; if test (count $found) -lt 2; set -a found $word; end`,
  '    end',
  '  end',
  `  if set -q found[1]; and not contains -- "$found[1]" ${groupNames().join(' ')}; set found $found[1]; end`,
  '  test "$found" = "$argv"',
];

function fishSummary(word: string): string {
  const command = allCommands().find(({ name, alias }) => name === word || alias === word);
  return command?.summary ?? (word === 'help' ? 'explain a command' : membersOf(word).join(', '));
}

function fishWord(at: string, word: string, summary: string): string {
  const files = at === '' || groupOf(at).length > 0 ? ' -f' : '';
  return `complete -c satchel${files} -n ${quoted(`__satchel_command ${at}`.trim())} -a ${quoted(word)}${described(summary)}`;
}

function fishOption(at: string, name: string, option: Option): string {
  const short = option.short === undefined ? '' : ` -s ${option.short}`;
  const value = option.kind === 'flag' ? '' : ' -r';
  return `complete -c satchel -n ${quoted(`__satchel_command ${at}`)} -l ${name}${short}${value}${described(option.summary)}`;
}

function described(summary: string): string {
  return summary === '' ? '' : ` -d ${quoted(summary)}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
