import { useState } from 'react';
import { registerLink } from '../../../shared/links.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { useAction, useSnapshot } from '../../hooks.ts';
import { explain } from '../../i18n/en/explain.ts';
import { t } from '../../i18n/text.ts';
import { goTo } from '../../navigation.ts';
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
  const { run, pending, failure } = useAction();
  const snapshot = useSnapshot();
  const [topic, setTopic] = useState<Topic | null>(null);

  const press = () => {
    switch (action.kind) {
      case 'ask':
        return void run(action.name, {});
      case 'accept-tier':
        return void run('hardware.acceptTierMismatch', { accept: action.accept });
      case 'page':
        return goTo(action.page, action.part);
      case 'link':
        return void run('app.openLink', { url: action.url });
      case 'register':
        if (!snapshot) return goTo('onboarding', 'register');
        return void run('app.openLink', {
          url: registerLink(snapshot.identity.nodeKeyHash, snapshot.hardware.tier),
        });
      case 'explain':
        return setTopic(action.topic);
    }
  };
  const leaves = action.kind === 'link' || action.kind === 'register';
  return (
    <>
      <Button
        variant={primary ? 'primary' : 'plain'}
        onPress={press}
        busy={pending ? `${label}…` : null}
        {...(leaves ? { icon: 'outside' } : {})}
      >
        {label}
      </Button>
      <FailureNotice failure={failure} />
      {topic && (
        <Dialog title={heading} closeLabel={t('everywhere.close')} onClose={() => setTopic(null)}>
          {explain[topic].map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </Dialog>
      )}
    </>
  );
}
