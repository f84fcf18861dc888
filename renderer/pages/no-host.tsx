import { PageFrame } from '../components/page.tsx';
import { t } from '../i18n/text.ts';

/** A page that was opened outside of the app has no bridge, and nothing to show. */
export function NoHost() {
  return (
    <main className="alone">
      <PageFrame title={t('everywhere.phase.noHost.title')}>
        <p>{t('everywhere.phase.noHost.body')}</p>
      </PageFrame>
    </main>
  );
}
