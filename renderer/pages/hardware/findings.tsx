import type { Snapshot } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { useAction } from '../../hooks.ts';
import { hardware as texts } from '../../i18n/en/hardware.ts';
import { t } from '../../i18n/text.ts';

type HardwareReport = Snapshot['hardware'];
type KnownCode = keyof typeof texts.findings.words;

function isKnown(code: string): code is KnownCode {
  return Object.hasOwn(texts.findings.words, code);
}

/** What a finding means and how to mend it; one of a newer daemon is shown by its code. */
export function findingWords(code: string, tool: string): string {
  return isKnown(code)
    ? t(`hardware.findings.words.${code}`, { tool })
    : t('hardware.findings.other', { tool, code });
}

/** What the tools said that could not be used, each with a way to mend it. */
export function Findings({ findings }: { findings: HardwareReport['findings'] }) {
  return (
    <ul className="stack">
      {findings.map(({ code, tool, detail }) => (
        <li key={`${code} ${tool} ${detail}`}>
          <Notice tone="warn">
            <p>{findingWords(code, tool)}</p>
            {detail !== '' && <p className="soft small">{t('hardware.findings.said', { detail })}</p>}
          </Notice>
        </li>
      ))}
    </ul>
  );
}

/** Registering waits for a tier that can be trusted, or for the person who accepts tier 1. */
export function RegistrationHold({
  hardware,
  onAccept,
}: {
  hardware: HardwareReport;
  onAccept?: () => void;
}) {
  const code = hardware.registrationHold;
  if (code === null) return null;
  const tool = hardware.findings.find((finding) => finding.code === code)?.tool ?? t('common.notKnown');
  return (
    <Notice tone="warn" title={t('hardware.hold.title')}>
      <p>{findingWords(code, tool)}</p>
      <p>{t('hardware.hold.body')}</p>
      {onAccept && (
        <>
          <p>{t('hardware.hold.acceptLead')}</p>
          <Button onPress={onAccept}>{t('hardware.hold.accept')}</Button>
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
        look={primary ? 'primary' : 'plain'}
        busy={pending ? t('common.looking') : null}
        onPress={() => void run('hardware.probe', {})}
      >
        {t('common.lookAgain')}
      </Button>
      <FailureNotice failure={failure} />
    </>
  );
}
