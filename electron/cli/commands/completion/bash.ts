import { type CompletedCommand, completedCommands, programName } from './table.ts';

/** Completion for bash, without the bash-completion package's functions: it works wherever the file is read. */
export function bashCompletion(): string {
  const all = completedCommands();
  return `# Completion of ${programName} for bash. Written by: ${programName} completion bash
_parallelix_operator() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command='' words='' flags='' files='' word operands=0
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      -*) ;;
      *) [ -z "$command" ] && command=$word || operands=$((operands + 1)) ;;
    esac
  done
  case $previous in
${valued(all, 'file')}) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
${valued(all, 'folder')}) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
${valued(all, null)}) return ;;
  esac
  case $command in
    '') words='${all.flatMap(({ names }) => names).join(' ')}' flags='--help --version' ;;
${all.map(commandCase).join('\n')}
  esac
  # The first word after a command is one of its own, where it has any.
  case $current in
    -*) mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$current") ;;
    *) if [ "$operands" -eq 0 ] && [ -n "$words" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
      elif [ -n "$files" ]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
      fi ;;
  esac
}
complete -o filenames -F _parallelix_operator ${programName} plx
`;
}

/** The flags whose value is offered in this way, as a pattern of `case`. */
function valued(all: readonly CompletedCommand[], offers: 'file' | 'folder' | null): string {
  const flags = all
    .flatMap((command) => command.flags)
    .filter((flag) => flag.value !== null && flag.offers === offers)
    .flatMap(({ long, short }) => (short ? [`--${long}`, `-${short}`] : [`--${long}`]));
  return `    ${[...new Set(flags)].join('|')}`;
}

function commandCase({ names: called, words, flags, takesFile }: CompletedCommand): string {
  const names = flags.map(({ long }) => `--${long}`).join(' ');
  return `    ${called.join('|')}) words='${words.join(' ')}' flags='${names}'${takesFile ? ' files=yes' : ''} ;;`;
}
