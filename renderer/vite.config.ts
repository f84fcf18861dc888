import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * The windows: one page, one script, one stylesheet, one font, by relative paths. Nothing is inlined, because the
 * pages are served with a policy that allows neither inline scripts and styles nor `data:` fonts.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: false,
  plugins: [react()],
  build: {
    outDir: '../dist/app/renderer',
    emptyOutDir: true,
    target: 'chrome140',
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    // Its polyfill fetches, which the policy refuses.
    modulePreload: { polyfill: false },
  },
});
