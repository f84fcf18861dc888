import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { t } from '../../i18n/text.ts';
import { goTo } from '../../navigation.ts';
import { useSaving } from '../../saved.ts';
import type { StateAction, Topic } from './state-action.ts';

/** The button of a state or badge, with what comes of it: a refusal, or the text of an explanation. */
export function ActionButton({
  label,
  heading,
  action,
  primary,
}: {
  label: string;
  heading: string;
  action: StateAction;
  primary?: boolean;
}) {
  const { run, pending, failure, done } = useSaving();
  const [topic, setTopic] = useState<Topic | null>(null);

  const acceptTier = (accept: boolean) => {
    const set = (to: boolean) => run('hardware.acceptTierMismatch', { accept: to });
    const saved = t('settingControls.saved', { title: t('hardware.declared.choice') });
    return done(saved, set(accept), () => set(!accept));
  };
  const press = () => {
    switch (action.kind) {
      case 'ask':
        return void run(action.name, {});
      case 'accept-tier':
        return void acceptTier(action.accept);
      case 'page':
        return goTo(action.page, action.part);
      case 'explain':
        return setTopic(action.topic);
    }
  };
  return (
    <>
      <Button variant={primary ? 'primary' : 'plain'} onPress={press} busy={pending ? `${label}…` : null}>
        {label}
      </Button>
      <FailureNotice failure={failure} />
      {topic && (
        <Dialog title={heading} closeLabel={t('everywhere.close')} onClose={() => setTopic(null)}>
          {t('explain', { returnObjects: true })[topic].map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </Dialog>
      )}
    </>
  );
}
