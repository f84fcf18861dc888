import { useEffect, useRef, useState } from 'react';
import { describeState } from '../../shared/states/states.ts';
import type { Page, Snapshot } from '../bridge.ts';
import { t } from '../i18n/text.ts';

/** What a screen reader announces by itself: the page that opened, and a state that changed. */
export function LiveStatus({ page, state }: { page: Page; state: Snapshot['state'] | null }) {
  const [said, setSaid] = useState('');
  const before = useRef({ page, code: state?.code ?? null });
  const code = state?.code ?? null;
  const label = state === null ? '' : describeState(state.code, state.params, Date.now()).label;
  useEffect(() => {
    const last = before.current;
    before.current = { page, code };
    if (last.page !== page) setSaid(t('everywhere.pageOpened', { page: t(`everywhere.pages.${page}`) }));
    else if (last.code !== code && code !== null) setSaid(t('everywhere.stateNow', { label }));
  }, [page, code, label]);
  return (
    <p className="visually-hidden" role="status" data-live-status>
      {said}
    </p>
  );
}
