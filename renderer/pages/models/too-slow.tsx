import { formatTokenRate } from '../../../shared/format.ts';
import { sameModel } from '../../../shared/model-names.ts';
import { isPullUnderWay } from '../../../shared/pull-states.ts';
import type { Preparation } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

/** What a speed test showed of a default model that can't keep the deadline, and what to do about it. */
export function TooSlow({
  slow,
  pulls,
}: {
  slow: Preparation['ollama']['tooSlow'];
  pulls: Preparation['pulls'];
}) {
  const { run, pending, failure } = useAction();
  if (slow === null) return null;
  const { model, tokensPerSecond, better } = slow;
  const coming = pulls.some(
    (pull) => better !== null && sameModel(pull.model, better) && isPullUnderWay(pull.state),
  );
  return (
    <Notice
      tone="warn"
      title={t('models.tooSlow.title', { model })}
      action={
        better !== null && !coming ? (
          <Button
            busy={pending ? t('models.catalogue.asking') : null}
            onPress={() => void run('models.pull', { model: better })}
          >
            {t('models.catalogue.downloadWhich', { model: better })}
          </Button>
        ) : undefined
      }
    >
      {t('models.tooSlow.body', { rate: formatTokenRate(tokensPerSecond) })}
      <FailureNotice failure={failure} />
    </Notice>
  );
}
