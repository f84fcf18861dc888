import { spawn } from 'node:child_process';
import { strict } from './not-implemented.ts';

/** Opens outside what it is given, as Electron does on Linux; a test puts its own `xdg-open` on the PATH. */
export const shell = strict('shell', {
  openExternal: open,
  /** Resolves to why it failed, and to an empty text when it did not. */
  openPath: (path: string): Promise<string> =>
    open(path).then(
      () => '',
      (error: Error) => error.message,
    ),
});

function open(what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const opener = spawn('xdg-open', [what], { stdio: 'ignore' });
    opener.once('error', reject);
    opener.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`xdg-open ended with ${code}`)),
    );
  });
}

let clipboardText = '';
export const clipboard = strict('clipboard', {
  writeText(text: string): void {
    clipboardText = text;
  },
  readText: () => clipboardText,
});

const answers: { method: string; answer: unknown }[] = [];
const next = (method: string) => async () => {
  const at = answers.findIndex((one) => one.method === method);
  const [found] = at < 0 ? [] : answers.splice(at, 1);
  if (!found)
    throw new Error(`dialog.${method}: nobody is there to answer; a test has to say what is chosen`);
  return found.answer;
};

/** Answered by what a test said beforehand. */
export const dialog = strict('dialog', {
  showMessageBox: next('showMessageBox'),
  showOpenDialog: next('showOpenDialog'),
  showSaveDialog: next('showSaveDialog'),
  showErrorBox: (title: string, content: string) => {
    process.stderr.write(`dialog.showErrorBox: ${title}: ${content}\n`);
  },
});

export function answerDialog(method: string, answer: unknown): void {
  answers.push({ method, answer });
}

const workArea = { x: 0, y: 0, width: 1920, height: 1080 };
const display = { id: 1, bounds: workArea, workArea, scaleFactor: 1 };

/** One display of 1920×1080. */
export const screen = strict('screen', {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
});
