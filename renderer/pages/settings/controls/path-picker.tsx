import type { PathSetting } from '../../../../shared/contract/app-settings.ts';
import { Button } from '../../../components/button.tsx';
import { FailureNotice } from '../../../components/notice.tsx';
import { useAction } from '../../../hooks.ts';
import { t } from '../../../i18n/text.ts';
import { type Control, ResetButton } from '../setting-row.tsx';

/** A folder or a file, chosen in the system's own dialog. */
export function PathPicker({
  control,
  name,
  unset,
}: {
  control: Control;
  name: PathSetting;
  /** What is in force while none is chosen. */
  unset: string;
}) {
  const { entry, title, field } = control;
  const { run, pending, failure } = useAction();
  const choose = async () => {
    const answer = await run('settings.choosePath', { name });
    if (answer.ok && answer.output.path !== null) await control.save(answer.output.path);
  };
  return (
    <div className="stack">
      <div className="field-row">
        <input
          className="field"
          {...field}
          disabled={false}
          readOnly
          value={typeof entry.value === 'string' ? entry.value : ''}
          placeholder={unset}
        />
        <Button
          name={t('settingControls.chooseWhich', { title })}
          disabled={field.disabled || pending}
          onPress={() => void choose()}
        >
          {t('settingControls.choose')}
        </Button>
        <ResetButton control={control} />
      </div>
      <FailureNotice failure={failure} />
    </div>
  );
}
