import { type ReactNode, useEffect, useRef, useState } from 'react';
import { type Language, languageInUse } from '../shared/language.ts';
import type { Page } from './bridge.ts';
import { LiveStatus } from './components/live-status.tsx';
import { SideBar } from './components/side-bar.tsx';
import { Toasts } from './components/toasts.tsx';
import { useApp, useSnapshot, useStore } from './hooks.ts';
import { speakLanguage } from './i18n/language.ts';
import { t } from './i18n/text.ts';
import { goTo, hashOf, isEarningsWindow, type Route, readRoute, useHash } from './navigation.ts';
import { Dashboard } from './pages/dashboard/dashboard.tsx';
import { Diagnostics } from './pages/diagnostics/diagnostics.tsx';
import { Earnings } from './pages/earnings/earnings.tsx';
import { Hardware } from './pages/hardware/hardware.tsx';
import { Models } from './pages/models/models.tsx';
import { Notices } from './pages/notices.tsx';
import { Onboarding } from './pages/onboarding/onboarding.tsx';
import { Overlays } from './pages/overlays/overlays.tsx';
import { Settings } from './pages/settings/settings.tsx';

const pages: Readonly<Record<Page, (route: Route) => ReactNode>> = {
  onboarding: ({ part }) => <Onboarding part={part} />,
  dashboard: ({ part }) => <Dashboard part={part} />,
  hardware: () => <Hardware />,
  models: () => <Models />,
  earnings: () => <Earnings />,
  settings: ({ part }) => <Settings part={part} />,
  diagnostics: () => <Diagnostics />,
};

/** Where a window opens that was given no page: at the set-up while there is no node, at the dashboard then. */
function useRoute(): Route {
  const phase = useApp()?.node.phase;
  const hash = useHash();
  const route = readRoute(hash, phase === 'no-identity' ? 'onboarding' : 'dashboard');
  const { page } = route;
  // Once it is known which, it stays: the key that is made in the set-up must not take the set-up away.
  useEffect(() => {
    const settled = phase !== undefined && phase !== 'starting';
    if (hash === '' && settled) location.replace(hashOf(page));
  }, [hash, phase, page]);
  return route;
}

/** The language that is spoken: whichever the app speaks, from the next drawing on. Nothing that was typed is lost. */
function useLanguage(): Language {
  const wanted = useApp()?.language;
  const [spoken, setSpoken] = useState(languageInUse);
  useEffect(() => {
    if (wanted !== undefined && wanted !== spoken)
      void speakLanguage(wanted).then(
        () => setSpoken(languageInUse()),
        // What was spoken before goes on being spoken.
        () => undefined,
      );
  }, [wanted, spoken]);
  return spoken;
}

/** Says where one is: the window's title, and the focus on the page's heading, after every change of page. */
function useArrival({ page, part }: Route, language: Language): void {
  const route = `${page}/${part ?? ''}`;
  const before = useRef(route);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the title is in the language that is spoken.
  useEffect(() => {
    document.title = `${t(`everywhere.pages.${page}`)} · ${t('everywhere.product')}`;
  }, [page, language]);
  useEffect(() => {
    if (before.current === route) return;
    before.current = route;
    document.querySelector<HTMLElement>('[data-page-title]')?.focus();
    document.querySelector('main')?.scrollTo(0, 0);
  }, [route]);
}

export function App() {
  const store = useStore();
  const route = useRoute();
  const snapshot = useSnapshot();
  useArrival(route, useLanguage());
  useEffect(() => store.onPage((page) => goTo(page)), [store]);

  if (isEarningsWindow()) {
    return (
      <>
        <main className="alone">
          <Earnings ownWindow />
        </main>
        <Toasts />
      </>
    );
  }
  return (
    <div className="frame">
      <button type="button" className="skip" onClick={skip}>
        {t('everywhere.skip')}
      </button>
      <SideBar page={route.page} />
      <main id="page" tabIndex={-1}>
        <Notices />
        {pages[route.page](route)}
      </main>
      <Overlays />
      <Toasts />
      <LiveStatus page={route.page} state={snapshot?.state ?? null} />
    </div>
  );
}

function skip(): void {
  document.querySelector<HTMLElement>('[data-page-title]')?.focus();
}
