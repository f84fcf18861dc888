import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

/** Everything on record, per day and per claim, into a file that the person names. */
export function ExportButtons() {
  const { run, pending, failure } = useAction();
  const [path, setPath] = useState<string | null>(null);
  const save = async (format: 'csv' | 'json') => {
    setPath(null);
    const answer = await run('earnings.saveExport', { format });
    if (answer.ok) setPath(answer.output.path);
  };
  return (
    <Section title={t('earnings.export.title')} lead={t('earnings.export.lead')}>
      <div className="button-row">
        <Button disabled={pending} onPress={() => void save('csv')}>
          {t('earnings.export.csv')}
        </Button>
        <Button disabled={pending} onPress={() => void save('json')}>
          {t('earnings.export.json')}
        </Button>
      </div>
      <FailureNotice failure={failure} />
      {path !== null && <Notice tone="good">{t('earnings.export.saved', { path })}</Notice>}
    </Section>
  );
}
