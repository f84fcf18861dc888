import type { Snapshot } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { t } from '../../i18n/text.ts';
import { openOverlay } from '../../overlay.ts';
import { mayPause } from '../../pause.ts';

/** Pausing work; what it means is said before it is done. Resuming is the button of the state. */
export function PauseMenu({ control }: { control: Snapshot['control'] }) {
  if (!mayPause(control)) return null;
  return <Button onPress={() => openOverlay('pause')}>{t('everywhere.pause.menu')}</Button>;
}
