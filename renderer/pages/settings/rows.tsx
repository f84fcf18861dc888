import type { ReactNode } from 'react';
import { languages } from '../../../shared/language.ts';
import { t } from '../../i18n/text.ts';
import { Address } from './controls/address.tsx';
import { Segmented, Select } from './controls/choice.tsx';
import { Quantity, Stepper } from './controls/number-field.tsx';
import { PathPicker } from './controls/path-picker.tsx';
import { Toggle } from './controls/toggle.tsx';
import { DataFolder } from './data-folder.tsx';
import { QuitRow, StayOnlineRow, UpdatesRow } from './desktop-rows.tsx';
import { BackupRow, KeyRow } from './key-rows.tsx';
import { ContextLength, DefaultModel } from './model-rows.tsx';
import { NotificationKind, NotificationTest } from './notification-rows.tsx';
import { PlacesSettings } from './places-settings.tsx';
import { ResetAll } from './reset-all.tsx';
import type { RowId } from './row-text.ts';
import { ServiceSetting } from './service-setting.tsx';
import { type Control, SettingRow } from './setting-row.tsx';
import type { Tab } from './tabs.tsx';
import { UninstallSection } from './uninstall-section.tsx';

/** What stands in the settings, where, and how it is changed. What is not here belongs to the command line. */
export interface Row {
  id: RowId;
  tab: Tab;
  /** The setting's name, where the row is one setting. */
  setting?: string;
  render: () => ReactNode;
}

const bytesPerMegabyte = 1024 * 1024;

function row(
  id: RowId,
  tab: Tab,
  setting: string,
  control: (control: Control) => ReactNode,
  layout: { wide?: boolean } = {},
): Row {
  const render = () => (
    <SettingRow key={id} id={id} setting={setting} details={tab === 'advanced'} {...layout}>
      {control}
    </SettingRow>
  );
  return { id, tab, setting, render };
}

const toggle = (id: RowId, tab: Tab, setting: string): Row =>
  row(id, tab, setting, (control) => <Toggle control={control} />);

/** A row that is a part of its own; one that renders nothing leaves no gap. */
function block(id: RowId, tab: Tab, content: ReactNode): Row {
  const render = () => (
    <li key={id} className="setting setting-wide" data-row={id}>
      {content}
    </li>
  );
  return { id, tab, render };
}

const wide = { wide: true };

export const rows: readonly Row[] = [
  block('stay', 'general', <StayOnlineRow />),
  block('service', 'general', <ServiceSetting />),
  row('theme', 'general', 'desktop.theme', (control) => (
    <Segmented
      control={control}
      options={(['system', 'light', 'dark'] as const).map((value) => ({
        value,
        label: t(`settingRows.theme.choices.${value}`),
      }))}
    />
  )),
  row('language', 'general', 'desktop.language', (control) => (
    <Segmented
      control={control}
      options={(['system', ...languages] as const).map((value) => ({
        value,
        label: t(`settingRows.language.choices.${value}`),
      }))}
    />
  )),
  toggle('singleKeys', 'general', 'desktop.singleKeys'),
  block('places', 'general', <PlacesSettings />),
  block('updates', 'general', <UpdatesRow />),
  { id: 'quit', tab: 'general', render: () => <QuitRow key="quit" /> },

  row('concurrency', 'node', 'concurrency', (control) => <Stepper control={control} />),
  toggle('substitution', 'node', 'allowSubstitution'),
  row('drain', 'node', 'timing.drainMs', (control) => (
    <Quantity control={control} unit={t('settingRows.drain.unit')} per={1000} />
  )),
  row('freeSpace', 'node', 'limits.minFreeBytes', (control) => (
    <Quantity control={control} unit={t('settingRows.freeSpace.unit')} per={bytesPerMegabyte} />
  )),

  row('defaultModel', 'models', 'defaultModel', (control) => <DefaultModel control={control} />),
  row('context', 'models', 'ollama.contextTokens', (control) => <ContextLength control={control} />),
  toggle('manage', 'models', 'ollama.manage'),
  row(
    'modelsDir',
    'models',
    'ollama.modelsDir',
    (control) => (
      <PathPicker control={control} name="ollama.modelsDir" unset={t('settingRows.modelsDir.unset')} />
    ),
    wide,
  ),

  toggle('notifications', 'notifications', 'desktop.notifications'),
  ...(
    [
      'notifyOffline',
      'notifyOnline',
      'notifyAttention',
      'notifyEarnings',
      'notifyCooldown',
      'notifyPull',
      'notifyUpdate',
    ] as const
  ).map(
    (id): Row => ({
      id,
      tab: 'notifications',
      setting: `desktop.${id}`,
      render: () => <NotificationKind key={id} id={id} />,
    }),
  ),
  { id: 'notifyTest', tab: 'notifications', render: () => <NotificationTest key="notifyTest" /> },

  block('key', 'security', <KeyRow />),
  block('backup', 'security', <BackupRow />),

  row(
    'coordinator',
    'advanced',
    'coordinatorUrl',
    (control) => <Address control={control} name="coordinatorUrl" standard={String(control.entry.default)} />,
    wide,
  ),
  row(
    'ollama',
    'advanced',
    'ollamaUrl',
    (control) => <Address control={control} name="ollamaUrl" standard="http://127.0.0.1:11434" />,
    wide,
  ),
  row(
    'rpc',
    'advanced',
    'rpcUrl',
    (control) => (
      <Address control={control} name="rpcUrl" standard={t('advanced.rpc.unset')} testable={false} />
    ),
    wide,
  ),
  toggle('publicRpcs', 'advanced', 'chain.publicRpcs'),
  row(
    'certificates',
    'advanced',
    'caFile',
    (control) => <PathPicker control={control} name="caFile" unset={t('advanced.certificates.unset')} />,
    wide,
  ),
  row('mode', 'advanced', 'mode', (control) => (
    <Select
      control={control}
      value={String(control.entry.value)}
      options={(['auto', 'gpu', 'cpu'] as const).map((value) => ({
        value,
        label: t(`advanced.mode.choices.${value}`),
      }))}
      onChoose={(value) => void control.save(value)}
    />
  )),
  { id: 'dataFolder', tab: 'advanced', render: () => <DataFolder key="dataFolder" /> },
  { id: 'resetAll', tab: 'advanced', render: () => <ResetAll key="resetAll" /> },
  block('uninstall', 'advanced', <UninstallSection />),
];
