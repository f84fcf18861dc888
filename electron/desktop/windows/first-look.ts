export type WindowName = 'main' | 'earnings';

/** How large a window is that nobody has sized yet. */
export const firstSizes: Readonly<Record<WindowName, { width: number; height: number }>> = {
  main: { width: 1200, height: 800 },
  earnings: { width: 960, height: 680 },
};

/** Painted before the page is: the interface's own ground (`renderer/styles/tokens.css`), so that nothing flashes. */
export const backgrounds = { dark: '#0c0e0a', light: '#f5f6f0' } as const;
