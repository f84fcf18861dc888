import type { advancedRows, settingRows } from '../../i18n/en/setting-rows.ts';
import { t } from '../../i18n/text.ts';

export type RowId = keyof typeof settingRows | keyof typeof advancedRows;

interface RowText {
  title: string;
  help?: string;
  words: string;
}

/** Title, help and other words of a row, in the language of now. */
export function rowText(id: RowId): RowText {
  const all: Readonly<Record<RowId, RowText>> = {
    ...t('settingRows', { returnObjects: true }),
    ...t('advanced', { returnObjects: true }),
  };
  return all[id];
}

/** Whether every word that was typed is in the row's title, help, other words or the name of its setting. */
export function matches(id: RowId, setting: string | undefined, search: string): boolean {
  const { title, help = '', words } = rowText(id);
  const text = `${title} ${help} ${words} ${setting ?? ''}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
