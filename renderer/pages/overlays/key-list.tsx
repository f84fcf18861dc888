import { Dialog } from '../../components/dialog.tsx';
import { useApp } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { keysOf, modifierName, shortcutKeys } from '../../shortcuts.ts';

/** The keys, and what they do. */
export function KeyList({ onClose }: { onClose: () => void }) {
  const modifier = modifierName(useApp()?.platform);
  return (
    <Dialog title={t('hands.keys.title')} closeLabel={t('everywhere.close')} onClose={onClose}>
      <dl className="key-list">
        {shortcutKeys.map((shortcut) => (
          <div key={shortcut}>
            <dt>{t(`hands.keys.${shortcut}`)}</dt>
            <dd>
              <kbd>{keysOf(shortcut, modifier)}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
