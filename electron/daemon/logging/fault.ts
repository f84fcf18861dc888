import type { LogFacts } from './redaction.ts';

/** Deep enough to find the place, short enough to stay one line of a log. */
const mostFrames = 30;
const mostCauses = 4;
/** A frame as the engine writes it: a function, and a place in a file of the program or the runtime. */
const frame =
  /^\s+at (?:.{1,200} \()?(?:async )?(?:file:|node:|app:|\/|[A-Z]:\\|<anonymous>|native).{0,300}$/;

/** The facts of an error: its code, and its name and message. What a message quotes is removed by the redactor. */
export function errorFacts(error: unknown): LogFacts {
  if (!(error instanceof Error)) return { error: `thrown ${typeof error}` };
  const code = (error as { code?: unknown }).code;
  return { error: `${error.name}: ${error.message}`, code: typeof code === 'string' ? code : null };
}

/**
 * Where an error was thrown, and where each of its causes was: places alone. Messages are left out with every line of
 * theirs, for they can quote a prompt.
 *
 * @param clean removes traces of the person from one line
 * @returns null for what has no stack
 */
export function stackOf(error: unknown, clean: (line: string) => string): string | null {
  const lines: string[] = [];
  let next: unknown = error;
  for (let depth = 0; depth <= mostCauses && next instanceof Error; depth++) {
    const frames = framesOf(next)
      .slice(0, mostFrames)
      .map((line) => `  ${cleanFrame(line.trim(), clean)}`);
    if (depth > 0) lines.push(`caused by ${clean(next.name)}`);
    lines.push(...frames);
    next = next.cause;
  }
  return lines.length === 0 ? null : lines.join('\n');
}

/** The name of a function is the program's own; whose computer it is shows in the place alone. */
function cleanFrame(line: string, clean: (line: string) => string): string {
  const [, name = '', place = line] = /^(at (?:[\w$.<>[\]]{1,80} ){1,6})(\(.*)$/.exec(line) ?? [];
  return `${name}${clean(place)}`;
}

function framesOf({ stack, message }: Error): string[] {
  if (typeof stack !== 'string') return [];
  // A line of a message can look like a frame.
  const at = message === '' ? -1 : stack.indexOf(message);
  const below = at === -1 ? stack : stack.slice(at + message.length);
  return below.split('\n').filter((line) => frame.test(line));
}
