import type { wallet as english } from '../en/wallet.ts';
import type { Translated } from '../translated.ts';

export const wallet: Translated<typeof english> = {
  openConsole: 'Console öffnen',
  close: 'Schließen',
  link: 'Link zur Console',
  inWallet: 'Link für den Browser Ihrer Wallet',
  qr: 'QR-Code der Seite im Browser Ihrer Wallet',
  scan: 'Scannen Sie ihn mit dem Smartphone, um die Seite im Browser Ihrer Wallet zu öffnen.',
  contract: 'Vertrag',
  chain: 'Blockchain',
  fee: 'Gebühr: etwa {{fee}}.',
  feeInWallet: 'Ihre Wallet zeigt die Gebühr.',
  feeUnknown: 'Die Gebühr ist nicht bekannt: {{reason}}.',
  raw: {
    title: 'Erweitert: Aufruf in Rohform',
    text: 'Für Wallets, die Aufrufe in Rohform annehmen. Er wurde eben von Ihrer Wallet aus erprobt und würde gelingen. Senden Sie kein ETH mit.',
    to: 'Adresse des Vertrags',
    data: 'Daten des Aufrufs',
  },
  cooldownEnds: {
    contract: 'Endet laut Vertrag {{time}}.',
    guide: 'Endet nach den 7 Tagen der Anleitung {{time}}.',
  },
  signs: 'Ihre Wallet unterschreibt, diese App nie.',
  stake: 'Stake (PRLX)',
  address: 'Adresse Ihrer Wallet (freiwillig, wird nur gelesen)',
  check: 'Wallet prüfen',
  weight: 'Gewicht',
  share: 'Anteil am Ertragsstrom heute',
  holds: 'Guthaben',
  approved: 'Für das Register freigegeben',
  ether: 'ETH für Gas',
  missing: 'Es fehlen {{amount}} PRLX. Ein Kauf an einer DEX kostet 4 %. Kaufen Sie mindestens {{buy}} PRLX.',
  approvalMissing: 'Die Freigabe fehlt. Ihre Wallet fragt zuerst danach.',
  noEther: 'Diese Wallet hat kein ETH für Gas.',
};
