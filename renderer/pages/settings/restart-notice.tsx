import { Button } from '../../components/button.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { useAction, useApp } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

/** Offers the restart that a changed setting needs, in sight wherever on the page it was changed. */
export function RestartNotice({ onRestarted }: { onRestarted: () => void }) {
  const { run, pending, failure } = useAction();
  const node = useApp()?.node;
  const restart = async () => {
    const answer = await run('app.restartNode', {});
    if (answer.ok) onRestarted();
  };
  return (
    <div className="restart" role="status">
      <Notice
        tone="warn"
        title={t('settings.restartTitle')}
        action={
          <Button
            variant="primary"
            busy={pending ? t('settings.restarting') : null}
            onPress={() => void restart()}
          >
            {t('settings.restart')}
          </Button>
        }
      >
        {node?.phase === 'attached'
          ? t('settings.restartBodyAttached', { pid: node.pid })
          : t('settings.restartBody')}
      </Notice>
      <FailureNotice failure={failure} />
    </div>
  );
}
