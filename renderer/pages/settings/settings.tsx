import { useEffect, useState } from 'react';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Empty, PageFrame } from '../../components/page.tsx';
import { Working } from '../../components/progress.tsx';
import { t } from '../../i18n/text.ts';
import { RestartNotice } from './restart-notice.tsx';
import { matches } from './row-text.ts';
import { type Row, rows } from './rows.tsx';
import { panelId, type Tab, TabList, tabOf, tabs } from './tabs.tsx';
import { SettingsContext, type SettingsModel, useSettingsModel } from './use-settings.ts';

/** Six tabs and one search over all of them. */
export function Settings({ part }: { part: string | null }) {
  const model = useSettingsModel();
  const [tab, setTab] = useState<Tab>(tabOf(part) ?? 'general');
  const [search, setSearch] = useState('');
  useEffect(() => {
    const named = tabOf(part);
    if (named !== null) setTab(named);
  }, [part]);
  const wanted = search.trim();
  return (
    <SettingsContext value={model}>
      <PageFrame
        title={t('settings.title')}
        side={
          <input
            type="search"
            className="field"
            aria-label={t('settings.find')}
            placeholder={t('settings.find')}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        }
      >
        {wanted === '' ? (
          <>
            <TabList tab={tab} onChoose={setTab} />
            <section
              className="panel settings-panel"
              role="tabpanel"
              id={panelId}
              aria-labelledby={`settings-tab-${tab}`}
              key={tab}
            >
              <Rows rows={rows.filter((row) => row.tab === tab)} model={model} />
            </section>
          </>
        ) : (
          <Found search={wanted} model={model} />
        )}
        {model.needsRestart && <RestartNotice onRestarted={model.restarted} />}
      </PageFrame>
    </SettingsContext>
  );
}

/** What the search finds, each under the tab that it is in. */
function Found({ search, model }: { search: string; model: SettingsModel }) {
  const found = rows.filter(({ id, setting }) => matches(id, setting, search));
  return (
    <>
      <p className="small soft" role="status">
        {t('settingControls.found', { count: found.length })}
      </p>
      {found.length === 0 && <Empty title={t('settings.nothing')} />}
      {tabs
        .map((tab) => ({ tab, inTab: found.filter((row) => row.tab === tab) }))
        .filter(({ inTab }) => inTab.length > 0)
        .map(({ tab, inTab }) => (
          <section key={tab} className="panel settings-panel" aria-labelledby={`settings-found-${tab}`}>
            <h2 id={`settings-found-${tab}`}>{t(`settingControls.tabs.${tab}`)}</h2>
            <Rows rows={inTab} model={model} />
          </section>
        ))}
    </>
  );
}

function Rows({ rows: shown, model: { question } }: { rows: readonly Row[]; model: SettingsModel }) {
  const needsSettings = shown.some(({ setting }) => setting !== undefined);
  return (
    <>
      {needsSettings && question.state === 'asking' && <Working>{t('settings.node.reading')}</Working>}
      {needsSettings && question.state === 'refused' && (
        <>
          <Notice>{t('settings.node.unavailable')}</Notice>
          <FailureNotice failure={question.failure} />
        </>
      )}
      <ul className="settings">{shown.map(({ render }) => render())}</ul>
    </>
  );
}
