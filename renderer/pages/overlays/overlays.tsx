import { useMemo } from 'react';
import { useApp, useSnapshot } from '../../hooks.ts';
import { openOverlay, useOverlay } from '../../overlay.ts';
import { useResume } from '../../pause.ts';
import { useShortcuts } from '../../shortcuts.ts';
import { KeyList } from './key-list.tsx';
import { Palette } from './palette.tsx';
import { PauseDialog } from './pause-dialog.tsx';

/** What opens over every page, by key or by button. */
export function Overlays() {
  const overlay = useOverlay();
  const app = useApp();
  const platform = app?.platform;
  // Until it is known that they are on, none acts.
  const singleKeys = app?.singleKeys ?? false;
  const control = useSnapshot()?.control;
  const resume = useResume();
  // biome-ignore lint/correctness/useExhaustiveDependencies: resuming asks the same store each time.
  const facts = useMemo(() => ({ platform, singleKeys, control, resume }), [platform, singleKeys, control]);
  useShortcuts(facts);
  const close = () => openOverlay(null);
  if (overlay === 'pause') return <PauseDialog onClose={close} />;
  if (overlay === 'palette') return <Palette onClose={close} />;
  if (overlay === 'keys') return <KeyList onClose={close} />;
  return null;
}
