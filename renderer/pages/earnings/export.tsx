import { useState } from 'react';
import type { Snapshot } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';
import { useAction, useQuestion } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

/** Everything on record, per day and per claim, into a file that the person names. */
export function ExportButtons({ snapshot }: { snapshot: Snapshot }) {
  const { run, pending, failure } = useAction();
  const [path, setPath] = useState<string | null>(null);
  const [nodeId, setNodeId] = useState<string | null>(null);
  const nodes = useQuestion('nodes.ofWallet', {}, snapshot.identity.nodeId ?? '');
  const ids = nodes.state === 'answered' ? nodes.output.nodes.map((node) => node.nodeId) : [];
  const save = async (format: 'csv' | 'json') => {
    setPath(null);
    const answer = await run('earnings.saveExport', { format, nodeId });
    if (answer.ok) setPath(answer.output.path);
  };
  return (
    <Section title={t('earnings.export.title')} lead={t('earnings.export.lead')}>
      <div className="button-row">
        <select
          className="field"
          aria-label={t('earnings.export.which')}
          value={nodeId ?? ''}
          onChange={(event) => setNodeId(event.currentTarget.value === '' ? null : event.currentTarget.value)}
        >
          <option value="">{t('earnings.export.all')}</option>
          {ids.map((id) => (
            <option key={id} value={id}>
              {t('earnings.export.one', { id })}
            </option>
          ))}
        </select>
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
