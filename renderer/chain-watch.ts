import { useEffect } from 'react';
import { useStore } from './hooks.ts';

const forMs = 60_000;
/** Before the last request has run out. */
const againMs = 45_000;

/** Has the daemon read every block while somebody looks at a page; a window that is hidden looks at nothing. */
export function useChainWatch(wanted: boolean): void {
  const { ask } = useStore();
  useEffect(() => {
    if (!wanted) return;
    const watch = () => {
      if (!document.hidden) void ask('chain.watch', { forMs });
    };
    watch();
    const timer = window.setInterval(watch, againMs);
    document.addEventListener('visibilitychange', watch);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', watch);
    };
  }, [wanted, ask]);
}
