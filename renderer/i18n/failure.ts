import type { Finding } from '../../shared/check-findings.ts';
import { NodeError, type NodeErrorCode, type NodeErrorDetails } from '../../shared/errors.ts';
import { describeFinding, findingNames } from '../../shared/texts/check-text.ts';
import { describeError } from '../../shared/texts/error-text.ts';
import { describePlace } from '../../shared/texts/place-text.ts';
import type { Failure } from '../bridge.ts';
import { t } from './text.ts';

/** Texts for a window where those of the list name commands of the command line. */
const windowTexts: { readonly [C in NodeErrorCode]?: (details: NodeErrorDetails[C]) => string } = {
  'key-in-the-way': ({ nodeKeyHash, place }) =>
    t('key.refused.inTheWay', { nodeKeyHash, place: describePlace(place) }),
  'key-not-expected': ({ expected, found }) => t('key.refused.notExpected', { expected, found }),
  'record-missing': () => t('key.repair.recordMissing'),
  'identity-unreadable': () => t('key.repair.recordUnreadable'),
  'node-held': () => t('key.refused.quarantined'),
  'passphrase-needed': ({ place }) => t('key.refused.needsPassphrase', { place: describePlace(place) }),
  'official-running': ({ name }) => t('key.refused.officialRuns', { name }),
  'other-daemon': () => t('key.refused.otherRuns'),
  'uninstall-refused': uninstallRefused,
  'switch-failed': (details) => {
    const { check, ...rest } = details;
    const said = describeError(new NodeError('switch-failed', rest), 'window');
    if (check === undefined || !findingNames.includes(check.finding)) return said;
    const { means } = describeFinding({ code: check.finding, facts: check.facts } as Finding, 'window');
    return `${said} ${means}`;
  },
};

function uninstallRefused({ keys, undelivered }: NodeErrorDetails['uninstall-refused']): string {
  const reasons: string[] = keys.flatMap(({ stake, backup, nodeId }) => [
    ...(stake === 'staked' ? [t('uninstall.refused.staked', { nodeId: nodeId ?? '' })] : []),
    ...(stake === 'unknown' ? [t('uninstall.refused.unknown')] : []),
    ...(backup === 'found' ? [] : [t('uninstall.refused.backup')]),
  ]);
  if (undelivered !== 0) reasons.push(t('uninstall.refused.undelivered'));
  return [t('uninstall.refused.lead'), ...new Set(reasons)].join(' ');
}

/** A refusal as text: the one list of errors has them; a code of a newer version is shown as it is. */
export function failureText({ code, details }: Failure): string {
  try {
    const own = windowTexts[code as NodeErrorCode] as ((details: unknown) => string) | undefined;
    if (own) return own(details);
    return describeError(
      new NodeError(code as NodeErrorCode, details as NodeErrorDetails[NodeErrorCode]),
      'window',
    );
  } catch {
    // Texts for facts that were not sent along.
    return code;
  }
}
