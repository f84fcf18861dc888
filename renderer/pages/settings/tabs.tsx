import { useRef } from 'react';
import { t } from '../../i18n/text.ts';

export const tabs = ['general', 'node', 'models', 'notifications', 'security', 'advanced'] as const;
export type Tab = (typeof tabs)[number];

/** The tab that a place names; `key` is the node key, whatever tab it is in. */
export function tabOf(part: string | null): Tab | null {
  if (part === 'key') return 'security';
  return tabs.find((tab) => tab === part) ?? null;
}

export const panelId = 'settings-panel';

/** The sections of the settings: arrow keys go from one to the next, as in every list of tabs. */
export function TabList({ tab, onChoose }: { tab: Tab; onChoose: (tab: Tab) => void }) {
  const list = useRef<HTMLDivElement>(null);
  const go = (to: number) => {
    const next = tabs[(to + tabs.length) % tabs.length];
    if (next === undefined) return;
    onChoose(next);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
  };
  const keys: Readonly<Record<string, (at: number) => number>> = {
    ArrowRight: (at) => at + 1,
    ArrowLeft: (at) => at - 1,
    Home: () => 0,
    End: () => tabs.length - 1,
  };
  return (
    <div
      className="tabs"
      role="tablist"
      aria-label={t('settingControls.tabList')}
      ref={list}
      onKeyDown={(event) => {
        const target = keys[event.key]?.(tabs.indexOf(tab));
        if (target === undefined) return;
        event.preventDefault();
        go(target);
      }}
    >
      {tabs.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          className="tab"
          data-tab={name}
          id={`settings-tab-${name}`}
          aria-selected={name === tab}
          aria-controls={panelId}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          {t(`settingControls.tabs.${name}`)}
        </button>
      ))}
    </div>
  );
}
