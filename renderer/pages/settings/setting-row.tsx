import { type ReactNode, type RefObject, useId, useRef, useState } from 'react';
import type { SettingEntry } from '../../../shared/contract/app-settings.ts';
import { describeReason } from '../../../shared/reasons/reason-text.ts';
import type { Failure } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { failureText } from '../../i18n/failure.ts';
import { t } from '../../i18n/text.ts';
import { type RowId, rowText } from './row-text.ts';
import { SettingDetails } from './setting-details.tsx';
import { useSettings } from './use-settings.ts';

/** What a control needs to know of its setting, and to put on its field. */
export interface Control {
  entry: SettingEntry;
  title: string;
  pending: boolean;
  /** Saves at once; resolves to whether it was taken. */
  save(value: unknown): Promise<boolean>;
  /** Says beside the field why it can't be, and puts the focus there. */
  refuse(reason: string): void;
  field: {
    id: string;
    ref: RefObject<never>;
    disabled: boolean;
    'aria-describedby': string | undefined;
    'aria-invalid': true | undefined;
  };
}

/** One setting: its title, help beneath, the control beside it, and what was said against its value. */
export function SettingRow({
  id,
  setting,
  disabled = false,
  details = false,
  wide = false,
  children,
}: {
  id: RowId;
  /** The setting's name on the command line. */
  setting: string;
  disabled?: boolean;
  /** Key, default and range, for those who look for them. */
  details?: boolean;
  /** The control stands beneath the text and takes the whole line. */
  wide?: boolean;
  children: (control: Control) => ReactNode;
}) {
  const fieldId = useId();
  const field = useRef<HTMLElement>(null);
  const { entry: find, save } = useSettings();
  const [pending, setPending] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const entry = find(setting);
  if (!entry) return null;
  const { title, help } = rowText(id);
  const refuse = (reason: string) => {
    setFault(reason);
    field.current?.focus();
  };
  const control: Control = {
    entry,
    title,
    pending,
    refuse,
    async save(value) {
      setPending(true);
      const failure = await save(setting, value, title);
      setPending(false);
      if (failure === null) setFault(null);
      else refuse(faultText(failure));
      return failure === null;
    },
    field: {
      id: fieldId,
      ref: field as RefObject<never>,
      disabled: disabled || !entry.editable,
      'aria-describedby': describedBy(fieldId, help !== undefined, fault !== null),
      'aria-invalid': fault === null ? undefined : true,
    },
  };
  const setElsewhere = whoSets(entry);
  return (
    <li className={wide ? 'setting setting-wide' : 'setting'} data-setting={setting}>
      <div className="setting-text">
        <div className="setting-title">
          <label htmlFor={fieldId}>{title}</label>
          {details && <SettingDetails entry={entry} title={title} />}
        </div>
        {help !== undefined && (
          <p className="small soft" id={`${fieldId}-help`}>
            {help}
          </p>
        )}
        {setElsewhere !== null && <p className="small faint">{setElsewhere}</p>}
      </div>
      <div className="setting-control">{children(control)}</div>
      {fault !== null && (
        <p className="setting-fault small" id={`${fieldId}-fault`} role="alert">
          {fault}
        </p>
      )}
    </li>
  );
}

/** Takes a setting back to its default; shown where one was saved. */
export function ResetButton({ control: { entry, title, save } }: { control: Control }) {
  if (entry.source !== 'saved' || !entry.editable) return null;
  return (
    <Button
      variant="quiet"
      name={t('settingControls.resetWhich', { title })}
      onPress={() => void save(undefined)}
    >
      {t('settingControls.reset')}
    </Button>
  );
}

function describedBy(id: string, help: boolean, fault: boolean): string | undefined {
  const ids = [...(help ? [`${id}-help`] : []), ...(fault ? [`${id}-fault`] : [])];
  return ids.length === 0 ? undefined : ids.join(' ');
}

/** What is wrong with a value, without the setting's name: it stands beside the field. */
export function faultText(failure: Failure): string {
  const { reason } = failure.details;
  if (failure.code !== 'setting-invalid' || typeof reason !== 'string') return failureText(failure);
  const range = /^(?:setting-expected\(|expected: )(\d+) to (\d+)\)?$/.exec(reason);
  if (range) return t('settingControls.rangeFault', { from: range[1] ?? '', to: range[2] ?? '' });
  const text = describeReason(reason);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Who sets a value that can't be changed here; null for one that can. */
function whoSets({ source, givenBy, editable }: SettingEntry): string | null {
  if (givenBy !== null && (source === 'flag' || source === 'environment'))
    return t(`settings.givenBy.${source}`, { name: givenBy });
  return editable ? null : t('settings.onlyProgram');
}
