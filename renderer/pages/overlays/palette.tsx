import { type KeyboardEvent, useId, useState } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import { t } from '../../i18n/text.ts';
import { usePaletteCommands } from './palette-commands.ts';

/** Every command by its name: type, choose with the arrow keys, Enter. */
export function Palette({ onClose }: { onClose: () => void }) {
  const id = useId();
  const commands = usePaletteCommands();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = commands.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
  const at = Math.min(chosen, found.length - 1);
  const optionId = (index: number) => `${id}-${index}`;
  const run = (index: number) => {
    const command = found[index];
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') run(at);
    else if (step === undefined || found.length === 0) return;
    else setChosen((at + step + found.length) % found.length);
    event.preventDefault();
  };
  return (
    <Dialog title={t('hands.palette.title')} closeLabel={t('everywhere.close')} onClose={onClose}>
      <input
        className="field"
        role="combobox"
        aria-label={t('hands.palette.title')}
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length > 0 ? optionId(at) : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder={t('hands.palette.placeholder')}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={`${id}-list`} role="listbox" aria-label={t('hands.palette.title')} className="palette">
        {found.map((command, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the field has the keys.
          <div
            key={command.id}
            id={optionId(index)}
            role="option"
            aria-selected={index === at}
            className="palette-option"
            onClick={() => run(index)}
          >
            <span>{command.label}</span>
            {command.keys !== null && <kbd>{command.keys}</kbd>}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="soft">{t('hands.palette.nothing')}</p>}
    </Dialog>
  );
}
