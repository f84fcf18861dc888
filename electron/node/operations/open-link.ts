import type { NodeContext } from '../context.ts';

const timeoutMs = 10_000;

/** Opens a page in the person's browser by what the system has for it; false when it has nothing, or it failed. */
export async function openInBrowser(
  { platform, runTool }: Pick<NodeContext, 'platform' | 'runTool'>,
  link: string,
): Promise<boolean> {
  const tool = platform === 'darwin' ? 'open' : 'xdg-open';
  const outcome = await runTool(tool, [link], { timeoutMs });
  // A browser in the foreground of the tool does not end.
  return outcome.kind === 'ran' || outcome.kind === 'timed-out';
}
