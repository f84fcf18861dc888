import { Button } from '../../components/button.tsx';
import { CopyField } from '../../components/copy-field.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { useAction, useApp } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { RowBlock } from './row-block.tsx';

/** Where the node's files are: shown in the file manager, or its path taken elsewhere. */
export function DataFolder() {
  const app = useApp();
  const { run, pending, failure } = useAction();
  if (!app) return null;
  return (
    <RowBlock id="dataFolder" wide>
      <div className="stack">
        <CopyField label={t('advanced.dataFolder.path')} value={app.stateDir} />
        <div>
          <Button disabled={pending} onPress={() => void run('app.openDataFolder', {})}>
            {t('advanced.dataFolder.open')}
          </Button>
        </div>
        <FailureNotice failure={failure} />
      </div>
    </RowBlock>
  );
}
