import { consoleUrl } from '../../../shared/links.ts';
import { copyText } from '../../copy-text.ts';
import { useApp, useSnapshot, useStore } from '../../hooks.ts';
import { failureText } from '../../i18n/failure.ts';
import { t } from '../../i18n/text.ts';
import { goTo, pageOrder } from '../../navigation.ts';
import { openOverlay } from '../../overlay.ts';
import { mayPause, useResume } from '../../pause.ts';
import { keysOf, modifierName } from '../../shortcuts.ts';
import { showToast } from '../../toasts.ts';

export interface PaletteCommand {
  id: string;
  label: string;
  keys: string | null;
  /** Called once the palette is closed. */
  run: () => unknown;
}

/** Everything that the palette offers just now. */
export function usePaletteCommands(): PaletteCommand[] {
  const app = useApp();
  const snapshot = useSnapshot();
  const { ask } = useStore();
  const resume = useResume();
  const modifier = modifierName(app?.platform);
  const single = (key: 'pause' | 'keys') => (app?.singleKeys === true ? keysOf(key, modifier) : null);
  const copy = async (what: string, value: string) => {
    const copied = await copyText(value, null);
    if (copied) showToast(t('hands.palette.copied', { what }));
    else showToast(t('hands.palette.notCopied'), { tone: 'failed' });
  };
  const openConsole = async () => {
    const answer = await ask('app.openLink', { url: consoleUrl });
    if (!answer.ok) showToast(failureText(answer.error), { tone: 'failed' });
  };
  const { nodeId = null, nodeKeyHash = null } = snapshot?.identity ?? {};
  const commands: (PaletteCommand | false)[] = [
    ...pageOrder.map((page, index) => ({
      id: page,
      label: t('hands.palette.goTo', { page: t(`everywhere.pages.${page}`) }),
      keys: `${modifier}${index + 1}`,
      run: () => goTo(page),
    })),
    mayPause(snapshot?.control) && {
      id: 'pause',
      label: t('hands.palette.pause'),
      keys: single('pause'),
      run: () => openOverlay('pause'),
    },
    snapshot !== null &&
      snapshot.control.pause !== null && {
        id: 'resume',
        label: t('everywhere.pause.resume'),
        keys: single('pause'),
        run: resume,
      },
    nodeId !== null && {
      id: 'copy-id',
      label: t('hands.palette.copyId'),
      keys: null,
      run: () => copy(t('hands.palette.nodeId'), nodeId),
    },
    nodeKeyHash !== null && {
      id: 'copy-key',
      label: t('hands.palette.copyKey'),
      keys: null,
      run: () => copy(t('hands.palette.fingerprint'), nodeKeyHash),
    },
    { id: 'console', label: t('everywhere.openConsole'), keys: null, run: openConsole },
    {
      id: 'keys',
      label: t('hands.keys.title'),
      keys: single('keys'),
      run: () => openOverlay('keys'),
    },
  ];
  return commands.filter((command) => command !== false);
}
