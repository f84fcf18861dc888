/**
 * A command whose schemas are made when one of them is first looked at: a program uses few of the commands that there
 * are, and all schemas together take several ms of its start and 0.3 MB of its memory.
 */
export function lazily<Command extends { input: unknown; output: unknown }>(
  make: () => Command,
): { readonly input: Command['input']; readonly output: Command['output'] } {
  let made: Command | undefined;
  const command = () => {
    made ??= make();
    return made;
  };
  return {
    get input() {
      return command().input;
    },
    get output() {
      return command().output;
    },
  };
}
