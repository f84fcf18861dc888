import { type CompletedCommand, type CompletedFlag, completedCommands, programName } from './table.ts';

/** Completion for zsh, as a file of its `fpath`. [zshcompsys(1)] */
export function zshCompletion(): string {
  const all = completedCommands();
  return `#compdef ${programName} plx
# Completion of ${programName} for zsh. Written by: ${programName} completion zsh
local -a commands
local curcontext=$curcontext state line
commands=(
${all
  .flatMap(({ names, summary }) =>
    names.map((name) => `  ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`),
  )
  .join('\n')}
)
_arguments -C '1: :->command' '*:: :->rest' && return
case $state in
  command) _describe -t commands command commands ;;
  rest)
    case $line[1] in
${all.map(commandCase).join('\n')}
    esac
    ;;
esac
`;
}

function commandCase({ names, words, flags, takesFile }: CompletedCommand): string {
  const operands = [
    ...(words.length > 0 ? [quoted(`1: :(${words.join(' ')})`)] : []),
    ...(takesFile ? [quoted('*:file:_files')] : []),
  ];
  const specs = [...flags.flatMap(flagSpecs), ...operands];
  return `      ${names.join('|')})\n        _arguments ${specs.join(' \\\n          ')}\n        ;;`;
}

function flagSpecs({ long, short, value, offers, meaning }: CompletedFlag): string[] {
  const action = { file: '_files', folder: '_files -/' };
  const rest = value === null ? '' : `:${value}:${offers ? action[offers] : ' '}`;
  const words = meaning.replaceAll(/[[\]:\\]/g, '\\$&');
  const both = short ? `(-${short} --${long})` : '';
  return [`--${long}`, ...(short ? [`-${short}`] : [])].map((flag) =>
    quoted(`${both}${flag}[${words}]${rest}`),
  );
}

const quoted = (words: string) => `'${words.replaceAll("'", `'\\''`)}'`;
