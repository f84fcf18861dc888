import type { RegistrationWords } from '../texts/registration-text.ts';

export const germanRegistration: RegistrationWords = {
  'other-network':
    'Die Verträge dieses Koordinators sind nicht bekannt. Ihre Wallet hat nichts zu unterschreiben.',
  'other-console':
    'Die Console gilt für die Verträge von ParalleliX. Vergleichen Sie Vertrag und Blockchain vor dem Unterschreiben.',
  elsewhere: 'Fragen Sie den Betreiber dieses Koordinators, wie Sie Stufe und nodeKeyHash registrieren.',
};
