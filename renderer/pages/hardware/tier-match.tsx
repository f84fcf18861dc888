import { useState } from 'react';
import { unknown } from '../../../shared/format.ts';
import type { Snapshot } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { t } from '../../i18n/text.ts';
import { useSaving } from '../../saved.ts';

/** How the registered tier and the one seen here go together, and the choice that is left when they do not. */
export function TierMatch({ hardware }: { hardware: Snapshot['hardware'] }) {
  const { run, pending, failure, done } = useSaving();
  const [asking, setAsking] = useState(false);
  const { declared, tier } = hardware;
  const facts = { declared: declared.tier ?? unknown, tier };
  const accept = async (yes: boolean) => {
    const set = (to: boolean) => run('hardware.acceptTierMismatch', { accept: to });
    const saved = t('settingControls.saved', { title: t('hardware.declared.choice') });
    if (await done(saved, set(yes), () => set(!yes))) setAsking(false);
  };
  if (declared.match === 'unknown') return null;
  if (declared.match === 'same') return <Notice tone="good">{t('hardware.declared.same', facts)}</Notice>;
  if (declared.match === 'declared-lower')
    return <Notice tone="warn">{t('hardware.declared.low', facts)}</Notice>;
  return (
    <>
      <Notice
        tone="warn"
        action={
          declared.accepted ? (
            <Button
              busy={pending ? `${t('hardware.declared.undo')}…` : null}
              onPress={() => void accept(false)}
            >
              {t('hardware.declared.undo')}
            </Button>
          ) : (
            <Button onPress={() => setAsking(true)}>{t('hardware.declared.accept')}</Button>
          )
        }
      >
        {declared.accepted ? t('hardware.declared.accepted') : t('hardware.declared.high', facts)}
      </Notice>
      {!asking && <FailureNotice failure={failure} />}
      {asking && (
        <Dialog
          title={t('hardware.declared.confirmTitle')}
          closeLabel={t('everywhere.cancel')}
          onClose={() => setAsking(false)}
          actions={
            <Button
              variant="danger"
              busy={pending ? `${t('hardware.declared.confirmYes')}…` : null}
              onPress={() => void accept(true)}
            >
              {t('hardware.declared.confirmYes')}
            </Button>
          }
        >
          <p>{t('hardware.declared.confirm', facts)}</p>
          <FailureNotice failure={failure} />
        </Dialog>
      )}
    </>
  );
}
