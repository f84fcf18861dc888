import { chromium } from './chromium.ts';
import type { Frame, FrameTree } from './frames.ts';

/** Where scripts run: each frame has the page's own world and the isolated one of preloads. */
export interface Contexts {
  created(sessionId: string, context: { id: number; name: string; auxData?: { frameId?: string } }): void;
  destroyed(sessionId: string, id: number): void;
  /** All of a session, as when another document is loaded. */
  cleared(sessionId: string): void;
  /** The frame of a context, while it is there. */
  frameOf(key: string): Frame | null;
  /** The isolated world of a frame; null before it has one. */
  isolatedOf(frame: Frame): string | null;
  /** Runs `code` and gives its value. */
  run(key: string, code: string): Promise<unknown>;
  /** The isolated world of the frame that shows `url`. */
  showing(url: string): string | null;
}

/** Keys are `session:context`: Chromium counts contexts again in each session. */
export function createContexts(options: { world: string }, { frames }: { frames: FrameTree }): Contexts {
  const contexts = new Map<string, { frameId: string; isolated: boolean }>();
  const isolated = (fits: (frame: Frame) => boolean) => {
    for (const [key, context] of contexts) {
      const frame = frames.get(context.frameId);
      if (context.isolated && frame && !frame.detached && fits(frame)) return key;
    }
    return null;
  };
  return {
    created(sessionId, { id, name, auxData }) {
      contexts.set(`${sessionId}:${id}`, {
        frameId: auxData?.frameId ?? '',
        isolated: name === options.world,
      });
    },
    destroyed: (sessionId, id) => void contexts.delete(`${sessionId}:${id}`),
    cleared(sessionId) {
      for (const key of contexts.keys()) if (key.startsWith(`${sessionId}:`)) contexts.delete(key);
    },
    frameOf: (key) => frames.get(contexts.get(key)?.frameId ?? ''),
    isolatedOf: (wanted) => isolated((frame) => frame === wanted),
    showing: (url) => isolated((frame) => frame.url === url),
    async run(key, code) {
      const { cdp } = await chromium();
      const [sessionId, contextId] = key.split(':');
      const { result, exceptionDetails } = await cdp.send(
        'Runtime.evaluate',
        { contextId: Number(contextId), expression: code, awaitPromise: true, returnByValue: true },
        sessionId,
      );
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
  };
}
