import { type ReactNode, useEffect, useRef } from 'react';
import type { Page } from './bridge.ts';
import { LiveStatus } from './components/live-status.tsx';
import { SideBar } from './components/side-bar.tsx';
import { Toasts } from './components/toasts.tsx';
import { useApp, useSnapshot, useStore } from './hooks.ts';
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

/** Says where one is: the window's title, and the focus on the page's heading, after every change of page. */
function useArrival({ page, part }: Route): void {
  const route = `${page}/${part ?? ''}`;
  const before = useRef(route);
  useEffect(() => {
    document.title = `${t(`everywhere.pages.${page}`)} · ${t('everywhere.product')}`;
    if (before.current === route) return;
    before.current = route;
    document.querySelector<HTMLElement>('[data-page-title]')?.focus();
    document.querySelector('main')?.scrollTo(0, 0);
  }, [page, route]);
}

export function App() {
  const store = useStore();
  const route = useRoute();
  const snapshot = useSnapshot();
  useArrival(route);
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
