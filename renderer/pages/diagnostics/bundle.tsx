import { useState } from 'react';
import type { AskOutput } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

/** What support needs: made, read here, and only then saved. */
export function Bundle() {
  const making = useAction();
  const saving = useAction();
  const [bundle, setBundle] = useState<AskOutput<'diagnostics.bundle'> | null>(null);
  const [saved, setSaved] = useState<AskOutput<'diagnostics.saveBundle'> | null>(null);
  const make = async () => {
    saving.forget();
    setSaved(null);
    const answer = await making.run('diagnostics.bundle', {});
    setBundle(answer.ok ? answer.output : null);
  };
  const save = async (digest: string) => {
    const answer = await saving.run('diagnostics.saveBundle', { digest });
    setSaved(answer.ok ? answer.output : null);
  };
  return (
    <Section title={t('diagnostics.bundle.title')} lead={t('diagnostics.bundle.body')}>
      <div>
        <Button busy={making.pending ? t('diagnostics.bundle.making') : null} onPress={() => void make()}>
          {t(bundle === null ? 'diagnostics.bundle.make' : 'diagnostics.bundle.again')}
        </Button>
      </div>
      <FailureNotice failure={making.failure} />
      {bundle && (
        <>
          <textarea
            className="field bundle small"
            readOnly
            rows={16}
            spellCheck={false}
            aria-label={t('diagnostics.bundle.text')}
            value={bundle.text}
          />
          <div>
            <Button
              busy={saving.pending ? t('diagnostics.bundle.saving') : null}
              onPress={() => void save(bundle.digest)}
            >
              {t('diagnostics.bundle.save')}
            </Button>
          </div>
          {saved !== null && (
            <Notice tone={saved.saved === null ? 'plain' : 'good'}>
              {saved.saved === null
                ? t('diagnostics.bundle.cancelled')
                : t('diagnostics.bundle.saved', { path: saved.saved.path })}
            </Notice>
          )}
          <FailureNotice failure={saving.failure} />
        </>
      )}
    </Section>
  );
}
