import { useState } from 'react';
import { transactionLink } from '../../../shared/links.ts';
import { exactPrlx } from '../../../shared/wallet/calls.ts';
import { ageNowMs } from '../../../shared/wallet/chain-time.ts';
import { unknownText } from '../../../shared/wallet/text.ts';
import type { AskOutput, Snapshot } from '../../bridge.ts';
import { At } from '../../components/at.tsx';
import { Button, OutsideButton } from '../../components/button.tsx';
import { Value } from '../../components/figure.tsx';
import { FiguresTable } from '../../components/figures-table.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { Empty, Section } from '../../components/page.tsx';
import { useAction, useQuestion } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

const columns = ['when', 'amount', 'node', 'transaction'] as const;

type Claim = AskOutput<'earnings.claims'>['claims'][number];

const isSame = (one: Claim, other: Claim) =>
  one.transactionHash === other.transactionHash && one.logIndex === other.logIndex;

/** Every claim of the wallet that is on record, newest first. */
export function Claims({ snapshot }: { snapshot: Snapshot }) {
  const { run, pending, failure } = useAction();
  // Read again with each block that was read.
  const claims = useQuestion('earnings.claims', {}, snapshot.chain.head?.block ?? 0);
  const [older, setOlder] = useState<{ claims: readonly Claim[]; more: boolean }>({ claims: [], more: true });
  if (claims.state === 'asking') return null;
  const newest = claims.state === 'answered' ? claims.output.claims : [];
  const shown = [...newest, ...older.claims.filter((one) => !newest.some((other) => isSame(one, other)))];
  const last = shown.at(-1);
  const more = claims.state === 'answered' && (older.claims.length > 0 ? older.more : claims.output.more);
  const showOlder = async ({ block, logIndex }: Claim) => {
    const answer = await run('earnings.claims', { before: { block, logIndex } });
    if (answer.ok) setOlder({ claims: [...older.claims, ...answer.output.claims], more: answer.output.more });
  };
  return (
    <Section title={t('earnings.claims.title')} lead={t('earnings.claims.lead')}>
      <FailureNotice failure={failure} />
      {claims.state === 'refused' && <FailureNotice failure={claims.failure} />}
      {claims.state === 'answered' && claims.output.reason !== null && (
        <p className="soft">{t('earnings.claims.unknown', { reason: unknownText(claims.output.reason) })}</p>
      )}
      {claims.state === 'answered' && claims.output.reason === null && claims.output.claims.length === 0 && (
        <Empty title={t('earnings.claims.none')} />
      )}
      {claims.state === 'answered' && claims.output.claims.length > 0 && (
        <FiguresTable headings={columns.map((name) => t(`earnings.columns.${name}`))}>
          {shown.map((claim) => {
            const link = transactionLink(snapshot.chain.chainId, claim.transactionHash);
            return (
              <tr key={`${claim.transactionHash}${claim.logIndex}`}>
                <td>
                  <Value>
                    {claim.blockTimeMs === null ? null : (
                      <At ms={claim.blockTimeMs} now={(nowMs) => ageNowMs(snapshot.chain.head, nowMs)} />
                    )}
                  </Value>
                </td>
                <td>{exactPrlx(BigInt(claim.amountWei))}</td>
                <td>
                  <Value>{claim.nodeId === null ? null : `#${claim.nodeId}`}</Value>
                </td>
                <td>
                  {link === null ? (
                    <code>{claim.transactionHash.slice(0, 12)}…</code>
                  ) : (
                    <OutsideButton variant="quiet" onPress={() => void run('app.openLink', { url: link })}>
                      {`${claim.transactionHash.slice(0, 10)}…`}
                    </OutsideButton>
                  )}
                </td>
              </tr>
            );
          })}
        </FiguresTable>
      )}
      {more && last && (
        <div>
          <Button disabled={pending} onPress={() => void showOlder(last)}>
            {t('earnings.claims.older')}
          </Button>
        </div>
      )}
      {claims.state === 'answered' && claims.output.scanned !== null && (
        <p className="small soft">
          {t(claims.output.scanned.complete ? 'earnings.claims.scanned' : 'earnings.claims.scanning', {
            from: claims.output.scanned.fromBlock,
            to: claims.output.scanned.toBlock,
          })}
        </p>
      )}
    </Section>
  );
}
