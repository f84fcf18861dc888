import { formatBytes, formatCount } from '../../../shared/format.ts';
import { findModel } from '../../../shared/model-names.ts';
import { useMachine } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { type Option, Select } from './controls/choice.tsx';
import type { Control } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

/** The models that can answer, and none in particular. */
export function DefaultModel({ control }: { control: Control }) {
  const models = (useMachine()?.ollama.models ?? []).filter(({ servable }) => servable);
  const { value } = control.entry;
  const chosen = typeof value === 'string' ? value : null;
  const here = chosen === null ? undefined : findModel(chosen, models);
  const options: Option[] = [
    { value: '', label: t('settingRows.defaultModel.automatic') },
    ...models.map(({ name }) => ({ value: name, label: name })),
  ];
  if (chosen !== null && !here)
    options.push({ value: chosen, label: t('settingRows.defaultModel.missing', { model: chosen }) });
  return (
    <Select
      control={control}
      value={here?.name ?? chosen ?? ''}
      options={options}
      onChoose={(name) => void control.save(name === '' ? undefined : name)}
    />
  );
}

const lengths = [2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072];

/** How much a model reads at once, with the memory that this takes. */
export function ContextLength({ control }: { control: Control }) {
  const ollama = useMachine()?.ollama;
  const concurrency = Number(useSettings().entry('concurrency')?.value ?? 1);
  const model = ollama?.models.find(({ name }) => name === ollama.defaultModel);
  const now = Number(control.entry.value);
  const longest = model?.contextLength ?? null;
  const shown = lengths.filter((tokens) => longest === null || tokens <= longest);
  const all = [...new Set([...shown, now])].sort((a, b) => a - b);
  const perToken = model?.contextTokenBytes ?? null;
  const label = (count: number) => {
    const tokens = formatCount(count);
    return perToken === null
      ? t('settingRows.context.option', { tokens })
      : t('settingRows.context.optionMemory', {
          tokens,
          memory: formatBytes(perToken * count * concurrency),
        });
  };
  return (
    <Select
      control={control}
      value={String(now)}
      options={all.map((count) => ({ value: String(count), label: label(count) }))}
      onChoose={(count) => void control.save(Number(count))}
    />
  );
}
