import { Button } from '../../components/button.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { useAction } from '../../hooks.ts';
import { failureText } from '../../i18n/failure.ts';
import { t } from '../../i18n/text.ts';
import { goTo } from '../../navigation.ts';

/** A key whose record is missing or unreadable: the record is written again from the key, which nothing touches. */
export function RepairKey({ error }: { error: Parameters<typeof failureText>[0] }) {
  const { run, pending, failure } = useAction();
  return (
    <Notice
      tone="bad"
      title={t('key.repair.title')}
      action={
        <>
          <Button
            variant="primary"
            busy={pending ? t('key.repair.doing') : null}
            onPress={() => void run('key.repair', {})}
          >
            {t('key.repair.do')}
          </Button>
          <Button onPress={() => goTo('onboarding', 'key')}>{t('key.repair.restore')}</Button>
        </>
      }
    >
      <p>{failureText(error)}</p>
      <p>{t('key.repair.body')}</p>
      <FailureNotice failure={failure} />
    </Notice>
  );
}
