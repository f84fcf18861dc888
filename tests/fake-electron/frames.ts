import { strict } from './not-implemented.ts';
import { originOf, toApp } from './schemes.ts';

/** A real frame of the page; the app sees it through `facade`. */
export interface Frame {
  readonly id: string;
  readonly parent: Frame | null;
  /** As the app knows it. */
  url: string;
  name: string;
  detached: boolean;
  readonly facade: object;
}

/** The frames of one page, as Chromium reports them. */
export interface FrameTree {
  readonly main: Frame | null;
  get(id: string): Frame | null;
  attached(id: string, parentId: string | null): Frame;
  navigated(id: string, pageUrl: string, name: string): void;
  /** Out of the tree: whoever still holds it sees a detached one. */
  removed(id: string): void;
}

let lastTreeNodeId = 0;

export function createFrameTree(options: { processId: number }): FrameTree {
  const frames = new Map<string, Frame>();
  let main: Frame | null = null;

  function make(id: string, parent: Frame | null): Frame {
    lastTreeNodeId += 1;
    const frameTreeNodeId = lastTreeNodeId;
    const frame = { id, parent, url: '', name: '', detached: false };
    const dead = () => {
      if (frame.detached) throw new Error('Render frame was disposed before WebFrameMain could be accessed');
    };
    const facade = strict('WebFrameMain', {
      frameTreeNodeId,
      routingId: frameTreeNodeId,
      processId: options.processId,
      frameToken: id,
      get detached() {
        return frame.detached;
      },
      get url() {
        dead();
        return frame.url;
      },
      get origin() {
        dead();
        return originOf(frame.url);
      },
      get name() {
        dead();
        return frame.name;
      },
      get parent() {
        return parent?.facade ?? null;
      },
      get top() {
        let top: Frame = made;
        while (top.parent) top = top.parent;
        return top.facade;
      },
      get frames() {
        return [...frames.values()].filter((one) => one.parent === made).map((one) => one.facade);
      },
      isDestroyed: () => frame.detached,
    });
    const made: Frame = Object.assign(frame, { facade });
    return made;
  }

  return {
    get main() {
      return main;
    },
    get: (id) => frames.get(id) ?? null,
    attached(id, parentId) {
      const present = frames.get(id);
      if (present) return present;
      const frame = make(id, parentId === null ? null : (frames.get(parentId) ?? null));
      frames.set(id, frame);
      if (parentId === null) main = frame;
      return frame;
    },
    navigated(id, pageUrl, name) {
      const frame = frames.get(id);
      if (!frame) return;
      frame.url = toApp(pageUrl);
      frame.name = name;
    },
    removed(id) {
      for (const frame of frames.values()) if (frame.parent?.id === id) this.removed(frame.id);
      const frame = frames.get(id);
      if (frame) frame.detached = true;
      frames.delete(id);
    },
  };
}
