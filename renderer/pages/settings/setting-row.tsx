import { useId, useState } from 'react';
import type { SettingEntry } from '../../../shared/contract/app-settings.ts';
import { formatBytes, formatDuration } from '../../../shared/format.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { Switch } from '../../components/switch.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

/** A value as it is typed and read; null is the word for it. */
function valueText(value: unknown): string {
  if (value === null || value === undefined) return t('settings.none');
  if (typeof value === 'boolean') return t(value ? 'settings.on' : 'settings.off');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What was typed, as the kind of value that the setting has; the host judges whether it is allowed. */
function typedValue(text: string, entry: SettingEntry): unknown {
  const trimmed = text.trim();
  if (typeof entry.default === 'number') return /^-?\d{1,15}$/.test(trimmed) ? Number(trimmed) : trimmed;
  if (entry.default === null && (trimmed === '' || trimmed === t('settings.none'))) return null;
  return trimmed;
}

/** The values to choose from, of a setting whose bounds are a list of them and nothing else. */
function choicesOf({ bounds, default: fallback }: SettingEntry): string[] | null {
  if (typeof fallback !== 'string' || !/^[\w-]+(, [\w-]+)+$/.test(bounds)) return null;
  const choices = bounds.split(', ');
  return choices.includes(fallback) ? choices : null;
}

/** A number of milliseconds or bytes as text beside it. */
function asText(name: string, text: string): string | null {
  if (!/^\d{1,15}$/.test(text)) return null;
  if (name.endsWith('Ms')) return t('settings.durations', { duration: formatDuration(Number(text)) });
  if (name.endsWith('Bytes')) return t('settings.sizes', { size: formatBytes(Number(text)) });
  return null;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Who sets a value that cannot be changed here; null for one that can. */
function whoSets({ source, givenBy, editable }: SettingEntry): string | null {
  if (givenBy !== null && (source === 'flag' || source === 'environment'))
    return t(`settings.givenBy.${source}`, { name: givenBy });
  return editable ? null : t('settings.onlyProgram');
}

export function SettingRow({
  entry,
  onSaved,
}: {
  entry: SettingEntry;
  onSaved: (entry: SettingEntry, needsRestart: boolean) => void;
}) {
  const { run, pending, failure } = useAction();
  const meaning = sentence(entry.meaning);
  const set = async (input: { name: string; value?: unknown }) => {
    const answer = await run('settings.set', input);
    if (answer.ok) onSaved(answer.output.setting, answer.output.needsRestart);
  };
  const facts = [
    t('settings.default', { value: valueText(entry.default) }),
    typeof entry.default === 'boolean' ? null : t('settings.allowed', { bounds: entry.bounds }),
    whoSets(entry),
  ].filter((fact) => fact !== null);
  return (
    <li className="setting" data-setting={entry.name}>
      {typeof entry.default === 'boolean' ? (
        <Switch
          label={meaning}
          meaning={`${entry.name} · ${facts.join(' · ')}`}
          on={entry.value === true}
          disabled={pending || !entry.editable}
          onChange={(on) => void set({ name: entry.name, value: on })}
        />
      ) : (
        <ValueField
          key={valueText(entry.value)}
          entry={entry}
          meaning={meaning}
          facts={facts}
          pending={pending}
          onSet={(value) => void set({ name: entry.name, value })}
        />
      )}
      {entry.source === 'saved' && entry.editable && (
        <Button
          variant="quiet"
          disabled={pending}
          name={t('settings.resetWhich', { meaning })}
          onPress={() => void set({ name: entry.name })}
        >
          {t('settings.reset')}
        </Button>
      )}
      <FailureNotice failure={failure} />
    </li>
  );
}

function ValueField({
  entry,
  meaning,
  facts,
  pending,
  onSet,
}: {
  entry: SettingEntry;
  meaning: string;
  facts: readonly string[];
  pending: boolean;
  onSet: (value: unknown) => void;
}) {
  const id = useId();
  const now = valueText(entry.value);
  const [text, setText] = useState(now);
  const choices = choicesOf(entry);
  const words = asText(entry.name, text);
  const save = () => {
    if (text !== now) onSet(typedValue(text, entry));
  };
  return (
    <form
      className="setting-form"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div>
        <label htmlFor={id}>{meaning}</label>
        <p className="small soft" id={`${id}-facts`}>
          {[entry.name, ...facts].join(' · ')}
        </p>
      </div>
      <div className="field-row">
        {choices ? (
          <select
            id={id}
            className="field"
            value={now}
            disabled={pending || !entry.editable}
            aria-describedby={`${id}-facts`}
            onChange={(event) => onSet(event.currentTarget.value)}
          >
            {choices.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </select>
        ) : (
          <input
            id={id}
            className="field"
            value={text}
            readOnly={!entry.editable}
            inputMode={typeof entry.default === 'number' ? 'numeric' : 'text'}
            spellCheck={false}
            aria-describedby={`${id}-facts`}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        {text !== now && (
          <Button disabled={pending} name={t('settings.saveWhich', { meaning })} onPress={save}>
            {t('settings.save')}
          </Button>
        )}
      </div>
      {words !== null && <p className="small faint setting-words">{words}</p>}
    </form>
  );
}
