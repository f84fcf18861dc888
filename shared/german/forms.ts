import { forms, marksOf } from '../format.ts';

/** Numbers, dates and distances as they are written in German. */
export function addGermanForms(): void {
  const days = new Intl.NumberFormat('de', { style: 'unit', unit: 'day', unitDisplay: 'long' });
  forms.add('de', {
    ...marksOf('de'),
    days: (count) => days.format(count),
    date: (year, month, day) => `${day}.${month}.${year}`,
    ahead: (distance) => `in ${dative(distance)}`,
    ago: (distance) => `vor ${dative(distance)}`,
    tokenRate: (_, text) => `etwa ${text} Token/s`,
  });
}

/** `vor 2 Tagen`. */
const dative = (distance: string) => distance.replace(/\bTage\b/, 'Tagen');
