import { type Finding, findingCodes } from '../../../shared/hardware/findings.ts';
import { findingText } from '../../../shared/texts/hardware-text.ts';
import type { Snapshot } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

type HardwareReport = Snapshot['hardware'];
type Reported = HardwareReport['findings'][number];

function isKnown(finding: Reported): finding is Finding {
  return findingCodes.some((code) => code === finding.code);
}

/** A finding as text; one of a newer daemon by its code. */
function textOf(finding: Reported): string {
  return isKnown(finding)
    ? findingText(finding, 'window')
    : `${finding.tool}: ${finding.code} ${finding.detail}`;
}

/** What could not be read, each with a way to fix it. */
export function Findings({ findings }: { findings: HardwareReport['findings'] }) {
  return (
    <ul className="stack">
      {findings.map((finding) => (
        <li key={`${finding.code} ${finding.tool} ${finding.detail}`}>
          <Notice tone="warn">{textOf(finding)}</Notice>
        </li>
      ))}
    </ul>
  );
}

/** Registering waits for a tier that can be trusted, or for the person who accepts tier 1. */
export function RegistrationBlock({
  hardware,
  onAccept,
}: {
  hardware: HardwareReport;
  onAccept?: () => void;
}) {
  const code = hardware.registrationHold;
  if (code === null) return null;
  const finding = hardware.findings.find((each) => each.code === code);
  return (
    <Notice tone="warn" title={t('hardware.block.title')}>
      {finding && <p>{textOf(finding)}</p>}
      <p>{t('hardware.block.body')}</p>
      {onAccept && (
        <>
          <p>{t('hardware.block.acceptLead')}</p>
          <Button onPress={onAccept}>{t('hardware.block.accept')}</Button>
        </>
      )}
    </Notice>
  );
}

export function ProbeButton({ primary }: { primary?: boolean }) {
  const { run, pending, failure } = useAction();
  return (
    <>
      <Button
        variant={primary ? 'primary' : 'plain'}
        busy={pending ? t('everywhere.looking') : null}
        onPress={() => void run('hardware.probe', {})}
      >
        {t('everywhere.lookAgain')}
      </Button>
      <FailureNotice failure={failure} />
    </>
  );
}
