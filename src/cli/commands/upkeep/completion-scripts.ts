// Scripts by which shells complete command lines (spec/cli.md, "Completion"). They know nothing but how their shell asks: what
// may follow, the program says each time (complete.ts).

/** The shells there are scripts for. */
export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

/** The completion script for a shell. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

const BASH = String.raw`# bash completion for satchel
_satchel() {
  local word words=() i line last="${'$'}{COMP_WORDS[COMP_CWORD]}" before="${'$'}{COMP_WORDS[COMP_CWORD-1]}"
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word="${'$'}{COMP_WORDS[i]}"
    # bash takes --name=value apart
    if ((i > 1)) && [[ "$word" == '=' || "${'$'}{COMP_WORDS[i-1]}" == '=' ]]; then
      words[${'$'}{#words[@]}-1]+="$word"
    else
      words+=("$word")
    fi
  done
  # as the shell would hand them over
  words=("${'$'}{words[@]//[\"\'\\]/}")
  words=("${'$'}{words[@]/#\~\//$HOME/}")
  COMPREPLY=()
  while IFS= read -r line; do
    line="${'$'}{line%%$'\t'*}"
    if [[ "$last" == '=' || "$before" == '=' ]]; then line="${'$'}{line#*=}"; fi
    case "$last" in
      [\"\']*) COMPREPLY+=("$line") ;;
      *) COMPREPLY+=("$(printf '%q' "$line")") ;;
    esac
  done < <("$1" --get-yargs-completions satchel "${'$'}{words[@]}" 2> /dev/null)
}
complete -o bashdefault -o default -F _satchel satchel
`;

const ZSH = String.raw`#compdef satchel
# zsh completion for satchel
_satchel() {
  local line
  local -a asked names shown
  asked=("${'$'}{(@Q)words[2,CURRENT]}")
  for line in "${'$'}{(@f)$("${'$'}{(Q)words[1]}" --get-yargs-completions satchel "${'$'}{asked[@]}" 2> /dev/null)}"; do
    [[ -n "$line" ]] || continue
    names+=("${'$'}{line%%$'\t'*}")
    shown+=("${'$'}{line/$'\t'/  -- }")
  done
  if (( ${'$'}{#names} )); then
    compadd -l -d shown -a names
  else
    _files
  fi
}
if [[ "${'$'}{zsh_eval_context[-1]}" == loadautofunc ]]; then
  _satchel "$@"
else
  compdef _satchel satchel
fi
`;

const FISH = String.raw`# fish completion for satchel
function __satchel_complete
  set -l before (commandline -opc)
  set -l current (commandline -ct)
  set -l found ($before[1] --get-yargs-completions satchel $before[2..-1] "$current" 2> /dev/null)
  if set -q found[1]
    printf '%s\n' $found
  else
    __fish_complete_path "$current"
  end
end
complete -c satchel -f -a '(__satchel_complete)'
`;

const POWERSHELL = String.raw`# PowerShell completion for satchel
Register-ArgumentCompleter -Native -CommandName satchel -ScriptBlock {
  param($current, $line, $cursor)
  $words = @($line.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object {
    if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.ToString() }
  })
  $before = @($words | Select-Object -Skip 1)
  # an empty word would not be handed over
  $asked = if ($current) { $current } else { '""' }
  & $line.CommandElements[0].ToString() --get-yargs-completions satchel @before $asked 2> $null | ForEach-Object {
    $name, $about = $_ -split [char]9, 2
    if (-not $about) { $about = $name }
    $text = if ($name -match '^[\w./:=%+-]+$') { $name } else { "'" + $name.Replace("'", "''") + "'" }
    [System.Management.Automation.CompletionResult]::new($text, $name, 'ParameterValue', $about)
  }
}
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH, powershell: POWERSHELL };
