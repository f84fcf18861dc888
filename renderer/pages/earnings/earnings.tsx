import { formatTokens } from '../../../shared/format.ts';
import { consoleUrl } from '../../../shared/links.ts';
import { Button, OutsideButton } from '../../components/button.tsx';
import { AsOf, Facts, Value } from '../../components/figure.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { PageFrame, Section } from '../../components/page.tsx';
import { useAction, useSnapshot } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { PhasePanel } from '../phase-panel.tsx';

/** What the network states of the wallet's earnings, with its source and age; a page and a window of its own. */
export function Earnings({ ownWindow }: { ownWindow?: boolean }) {
  const snapshot = useSnapshot();
  const { run, failure } = useAction();
  const side = (
    <>
      {!ownWindow && (
        <Button variant="quiet" onPress={() => void run('app.openWindow', { window: 'earnings' })}>
          {t('earnings.openWindow')}
        </Button>
      )}
      <OutsideButton onPress={() => void run('app.openLink', { url: consoleUrl })}>
        {t('earnings.openConsole')}
      </OutsideButton>
    </>
  );
  return (
    <PageFrame title={t('earnings.title')} lead={t('earnings.lead')} side={side}>
      <FailureNotice failure={failure} />
      {!snapshot && <PhasePanel />}
      {snapshot && (
        <>
          <Section title={t('earnings.ofWallet')} lead={t('earnings.ofWalletNote')}>
            <p className="earned">
              <span className="earned-value">
                <Value>
                  {snapshot.earnings.lifetimePrlx === null
                    ? null
                    : formatTokens(snapshot.earnings.lifetimePrlx)}
                </Value>
              </span>
              <span className="soft">{t('earnings.unit')}</span>
            </p>
            {snapshot.earnings.asOfMs === null ? (
              <p className="soft">{t('earnings.noneYet')}</p>
            ) : (
              <p className="soft small">
                <AsOf atMs={snapshot.earnings.asOfMs} source={t('earnings.coordinator')} />
              </p>
            )}
            <Facts label={t('earnings.wallet')} facts={[[t('earnings.wallet'), snapshot.identity.owner]]} />
          </Section>
          <Section title={t('earnings.notYet.title')}>
            <p className="soft">{t('earnings.notYet.body')}</p>
          </Section>
        </>
      )}
    </PageFrame>
  );
}
