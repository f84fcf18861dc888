import { existsSync, readFileSync } from 'node:fs';
import { strict } from './not-implemented.ts';

/** A PNG of the disk: where it lies and how large it is. */
export class HostImage {
  readonly hostPath: string;
  private readonly size: { width: number; height: number };
  private template: boolean;

  constructor(path: string) {
    this.hostPath = path;
    this.template = /Template(@\dx)?\.png$/.test(path);
    const header = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    const isPng = header.subarray(1, 4).toString('latin1') === 'PNG';
    this.size = isPng
      ? { width: header.readUInt32BE(16), height: header.readUInt32BE(20) }
      : { width: 0, height: 0 };
  }

  isEmpty(): boolean {
    return this.size.width === 0;
  }

  getSize(): { width: number; height: number } {
    return { ...this.size };
  }

  setTemplateImage(on: boolean): void {
    this.template = on;
  }

  isTemplateImage(): boolean {
    return this.template;
  }
}

export const nativeImage = strict('nativeImage', {
  createFromPath: (path: string) => strict('NativeImage', new HostImage(path)),
});
