import { useEffect, useState } from 'react';
import type { SettingEntry } from '../../../shared/contract/app-settings.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Empty, Section } from '../../components/page.tsx';
import { Working } from '../../components/progress.tsx';
import { useAction, useApp, useQuestion } from '../../hooks.ts';
import { advanced as advancedTexts } from '../../i18n/en/settings.ts';
import { t } from '../../i18n/text.ts';
import { SettingRow } from './setting-row.tsx';

/** What an owner may want to change; everything else is under Advanced. */
const everyday = [
  'defaultModel',
  'concurrency',
  'allowSubstitution',
  'mode',
  'ollama.manage',
  'ollama.modelsDir',
  'ollama.contextTokens',
  'hardware.cards',
  'hardware.acceptTierMismatch',
];

/** Of the desktop app; the two that the section above asks for are not asked twice. */
function isOfDesktop({ name, editable }: SettingEntry): boolean {
  return name.startsWith('desktop.') && !name.startsWith('desktop.explained') && editable;
}
const askedAbove = ['desktop.startAtLogin', 'desktop.keepAwake', 'desktop.updates'];

type GroupName = keyof typeof advancedTexts.groups;

function groupOf(name: string): string {
  return name.includes('.') ? name.slice(0, name.indexOf('.')) : '';
}

function groupTitle(group: string): string {
  return Object.hasOwn(advancedTexts.groups, group)
    ? t(`advanced.groups.${group as GroupName}`)
    : t('advanced.otherGroup');
}

/** Every setting of the node, as the command line lists them: the everyday ones first. */
export function NodeSettings() {
  const question = useQuestion('settings.list', {});
  const [settings, setSettings] = useState<readonly SettingEntry[]>([]);
  const [restart, setRestart] = useState(false);
  const [search, setSearch] = useState('');
  useEffect(() => {
    if (question.state === 'answered') setSettings(question.output.settings);
  }, [question]);

  const onSaved = (saved: SettingEntry, needsRestart: boolean) => {
    setSettings((all) => all.map((entry) => (entry.name === saved.name ? saved : entry)));
    if (needsRestart) setRestart(true);
  };
  const wanted = search.trim().toLowerCase();
  const matches = ({ name, meaning }: SettingEntry) => `${name} ${meaning}`.toLowerCase().includes(wanted);
  const shown = settings.filter((entry) => matches(entry) && !askedAbove.includes(entry.name));
  const desktop = shown.filter(isOfDesktop);
  const first = shown.filter(({ name }) => everyday.includes(name));
  const others = shown.filter((entry) => !everyday.includes(entry.name) && !isOfDesktop(entry));
  const rows = (entries: readonly SettingEntry[]) => (
    <ul className="settings">
      {entries.map((entry) => (
        <SettingRow key={entry.name} entry={entry} onSaved={onSaved} />
      ))}
    </ul>
  );
  return (
    <>
      <Section title={t('settings.node.title')} side={<Search value={search} onChange={setSearch} />}>
        {question.state === 'asking' && <Working>{t('settings.node.reading')}</Working>}
        {question.state === 'refused' && (
          <>
            <Notice>{t('settings.node.unavailable')}</Notice>
            <FailureNotice failure={question.failure} />
          </>
        )}
        {rows(first)}
        {settings.length > 0 && shown.length === 0 && <Empty title={t('settings.nothing')} />}
      </Section>
      {desktop.length > 0 && <Section title={t('settings.desktop.windows')}>{rows(desktop)}</Section>}
      {others.length > 0 && (
        <Section title={t('advanced.title')} lead={t('advanced.lead')}>
          <details open={wanted !== ''}>
            <summary>{t('advanced.show')}</summary>
            {[...new Set(others.map(({ name }) => groupOf(name)))].map((group) => (
              <div key={group} className="setting-group">
                <h3>{groupTitle(group)}</h3>
                {rows(others.filter(({ name }) => groupOf(name) === group))}
              </div>
            ))}
          </details>
        </Section>
      )}
      {restart && <RestartNotice onRestarted={() => setRestart(false)} />}
    </>
  );
}

function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <input
      type="search"
      className="field"
      aria-label={t('settings.find')}
      placeholder={t('settings.find')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function RestartNotice({ onRestarted }: { onRestarted: () => void }) {
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
