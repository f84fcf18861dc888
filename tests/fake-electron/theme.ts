import { StrictEmitter, strict } from './not-implemented.ts';

class Theme extends StrictEmitter {
  private source = 'system';
  private systemIsDark = false;

  constructor() {
    super('nativeTheme', ['updated']);
  }

  get themeSource(): string {
    return this.source;
  }

  set themeSource(source: string) {
    if (!['system', 'light', 'dark'].includes(source)) throw new TypeError(`themeSource ${source}`);
    this.source = source;
    this.emit('updated');
  }

  get shouldUseDarkColors(): boolean {
    return this.source === 'system' ? this.systemIsDark : this.source === 'dark';
  }

  /** The desktop changed its own theme. */
  hostSystem(dark: boolean): void {
    this.systemIsDark = dark;
    this.emit('updated');
  }
}

/** Has its effect on every page, as `prefers-color-scheme`. */
export const nativeTheme = strict('nativeTheme', new Theme());
