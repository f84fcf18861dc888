import { type CompletedFlag, completedCommands, programName } from './table.ts';

/** Completion for fish. [fish: complete] */
export function fishCompletion(): string {
  const all = completedCommands();
  const lines = all.flatMap(({ names, summary, words, flags, takesFile }) => {
    const here = `-n ${quoted(`__fish_seen_subcommand_from ${names.join(' ')}`)}`;
    return [
      ...names.map(
        (name) => `complete -c ${programName} -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ),
      ...(words.length > 0 ? [`complete -c ${programName} ${here} -a ${quoted(words.join(' '))}`] : []),
      ...(takesFile ? [`complete -c ${programName} ${here} -F`] : []),
      ...flags.map((flag) => `complete -c ${programName} ${here} ${flagOptions(flag)}`),
    ];
  });
  return `# Completion of ${programName} for fish. Written by: ${programName} completion fish
complete -c plx -w ${programName}
complete -c ${programName} -f
${lines.join('\n')}
`;
}

function flagOptions({ long, short, value, offers, meaning }: CompletedFlag): string {
  const takes = value === null ? '' : offers === null ? ' -x' : ' -r -F';
  return `${short ? `-s ${short} ` : ''}-l ${long}${takes} -d ${quoted(meaning)}`;
}

const quoted = (words: string) => `'${words.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
