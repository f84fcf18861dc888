import { Dialog } from '../../components/dialog.tsx';
import { useApp } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { keysOf, modifierName, shortcutsOn } from '../../shortcuts.ts';

/** The keys that are on, and what they do. */
export function KeyList({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const modifier = modifierName(app?.platform);
  const singleKeys = app?.singleKeys ?? false;
  return (
    <Dialog title={t('hands.keys.title')} closeLabel={t('everywhere.close')} onClose={onClose}>
      <dl className="key-list">
        {shortcutsOn(singleKeys).map((shortcut) => (
          <div key={shortcut}>
            <dt>{t(`hands.keys.${shortcut}`)}</dt>
            <dd>
              <kbd>{keysOf(shortcut, modifier)}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      {!singleKeys && <p className="small soft">{t('hands.keys.singleOff')}</p>}
    </Dialog>
  );
}
