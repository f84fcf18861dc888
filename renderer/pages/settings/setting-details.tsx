import { useId } from 'react';
import type { SettingEntry } from '../../../shared/contract/app-settings.ts';
import { describeReason } from '../../../shared/reasons/reason-text.ts';
import { Icon } from '../../components/icon.tsx';
import { t } from '../../i18n/text.ts';

/** Key, default and range of a setting, in a popover: Escape and a click elsewhere close it. */
export function SettingDetails({ entry, title }: { entry: SettingEntry; title: string }) {
  const id = useId();
  return (
    <>
      <button
        type="button"
        className="details-button"
        popoverTarget={id}
        aria-label={t('settingControls.details', { title })}
      >
        <Icon name="info" />
      </button>
      <div id={id} popover="auto" className="details-popover">
        <dl>
          <dt>{t('settingControls.key')}</dt>
          <dd className="mono">{entry.name}</dd>
          <dt>{t('settingControls.default')}</dt>
          <dd>{plainValue(entry.default)}</dd>
          <dt>{t('settingControls.range')}</dt>
          <dd>{describeReason(`bounds(${entry.bounds})`)}</dd>
        </dl>
      </div>
    </>
  );
}

function plainValue(value: unknown): string {
  if (value === null || value === undefined) return t('settings.none');
  return typeof value === 'boolean' ? t(value ? 'settings.on' : 'settings.off') : String(value);
}
