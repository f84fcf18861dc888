import type { PullReport } from '../../../shared/contract/ollama.ts';
import { isPullUnderWay } from '../../../shared/pull-states.ts';
import { printable } from '../../../shared/texts/error-text.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { Progress } from '../../components/progress.tsx';
import { useAction } from '../../hooks.ts';
import { failureText } from '../../i18n/failure.ts';
import { t } from '../../i18n/text.ts';

const resumable: readonly PullReport['state'][] = ['failed', 'cancelled', 'no-room', 'stalled'];

/** The queue: what comes, how far it is, and what can be done with it. */
export function Pulls({ pulls }: { pulls: readonly PullReport[] }) {
  return (
    <ul className="rows">
      {pulls.map((pull) => (
        <Pull key={pull.model} pull={pull} />
      ))}
    </ul>
  );
}

function Pull({ pull }: { pull: PullReport }) {
  const { run, pending: disabled, failure } = useAction();
  const { model, state, attempt, error } = pull;
  const name = printable(model);
  // Nothing came of one that failed at once.
  const stopped = resumable.includes(state) && pull.completedBytes > 0;
  const label = t(`models.pulls.state.${state}`);
  const trouble = state === 'failed' || state === 'no-room' || state === 'needs-consent';
  return (
    <li className="row row-pull" data-pull={state}>
      <div className="row-main">
        <h3>
          {name}
          <span className={trouble ? 'tag tag-warn' : 'tag'}>{label}</span>
        </h3>
        {(state === 'pulling' || state === 'verifying' || stopped) && (
          <Progress label={`${name}: ${label}`} transfer={pull} moving={isPullUnderWay(state)} />
        )}
        {attempt > 1 && <p className="small soft">{t('models.pulls.attempt', { attempt })}</p>}
        {error && <p className={trouble ? 'small warn' : 'small soft'}>{failureText(error)}</p>}
        {stopped && !error && <p className="small soft">{t('models.pulls.kept')}</p>}
        <FailureNotice failure={failure} />
      </div>
      <div className="row-buttons">
        {state === 'needs-consent' && (
          <Button disabled={disabled} onPress={() => void run('models.pull', { model, large: true })}>
            {t('models.pulls.consent')}
          </Button>
        )}
        {resumable.includes(state) && (
          <Button
            disabled={disabled}
            name={t('models.pulls.resumeWhich', { model: name })}
            onPress={() => void run('models.pull', { model })}
          >
            {t('models.pulls.resume')}
          </Button>
        )}
        {(isPullUnderWay(state) || state === 'needs-consent') && (
          <Button
            variant="quiet"
            disabled={disabled}
            name={t('models.pulls.cancelWhich', { model: name })}
            onPress={() => void run('models.cancelPull', { model })}
          >
            {t('models.pulls.cancel')}
          </Button>
        )}
        {!isPullUnderWay(state) && state !== 'needs-consent' && (
          <Button
            variant="quiet"
            disabled={disabled}
            name={t('models.pulls.removeWhich', { model: name })}
            onPress={() => void run('models.forgetPull', { model })}
          >
            {t('models.pulls.remove')}
          </Button>
        )}
      </div>
    </li>
  );
}
