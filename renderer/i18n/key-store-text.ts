import { settings } from './en/settings.ts';
import { t } from './text.ts';

/** Where the key is kept, as text; a store of a newer version is shown by its name. */
export function keyStoreText(keyStore: string): string {
  return Object.hasOwn(settings.key.places, keyStore)
    ? t(`settings.key.places.${keyStore as keyof typeof settings.key.places}`)
    : keyStore;
}
