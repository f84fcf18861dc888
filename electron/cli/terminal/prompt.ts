import { StringDecoder } from 'node:string_decoder';
import { NodeError } from '../../../shared/errors.ts';
import { forTerminal } from './sequences.ts';

/** Typed ahead of the next question. */
let typedAhead = '';

/** True when a person can be asked: questions go to stderr, so that stdout may be a file. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Asks for a line that is not shown while it is typed. */
export function askHidden(question: string): Promise<string> {
  return ask(question, false);
}

/** Asks for a line. */
export function askLine(question: string): Promise<string> {
  return ask(question, true);
}

const enter = /[\r\n]/;

/** @throws NodeError `cancelled` at Ctrl-C, Ctrl-D and the end of the input */
async function ask(question: string, shown: boolean): Promise<string> {
  const { stdin, stderr } = process;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const decoder = new StringDecoder('utf8');
  let line = '';
  const giveUp = () => reject(new NodeError('cancelled', { reason: 'aborted' }));
  const take = (text: string) => {
    for (const [index, character] of [...text].entries()) {
      if (enter.test(character)) {
        typedAhead = [...text].slice(index + 1).join('');
        return resolve(line);
      }
      if (character === '\u0003' || character === '\u0004') return giveUp();
      if (character === '\u007f' || character === '\b') {
        if (shown && line !== '') stderr.write('\b \b');
        line = [...line].slice(0, -1).join('');
      } else if (!/\p{Cc}/u.test(character)) {
        line += character;
        if (shown) stderr.write(character);
      }
    }
  };
  const onData = (chunk: Buffer) => take(decoder.write(chunk));
  // Before the question: what is typed at once must not be shown.
  stdin.setRawMode(true);
  stdin.on('data', onData).on('end', giveUp).resume();
  stderr.write(forTerminal(question));
  try {
    const ahead = typedAhead;
    typedAhead = '';
    take(ahead);
    return await promise;
  } finally {
    stdin.off('data', onData).off('end', giveUp).pause();
    stdin.setRawMode(false);
    stderr.write('\n');
  }
}
