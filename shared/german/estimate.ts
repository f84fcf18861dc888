import { guideExample } from '../earnings/guide-example.ts';
import type { EstimateWords } from '../texts/estimate-text.ts';

/** What an estimate says besides its figures. */
export const germanEstimate: EstimateWords = {
  caveats: [
    'Dies ist ein Richtwert, keine Vorhersage: Ihr Anteil sinkt, wenn mehr Stake online geht.',
    'Bezahlt wird Ihre Onlinezeit, nicht ein Zins auf Ihren Stake.',
    'Der Strom von 34.200 PRLX am Tag ist die Zahl der Anleitung und endet nach 24 Monaten.',
  ],
  weightSource: {
    observed: 'Das Gesamtgewicht ist aus dem Ertrag Ihres Knotens abgeleitet.',
    guide: 'Das Gesamtgewicht ist noch nicht bekannt. Darum gilt das Beispiel der Anleitung.',
  },
  guideExample: ({ gross, cost, share }) => [
    `Die Anleitung nennt ${gross} PRLX, ${cost} Kosten und 99,5 % Onlinezeit.`,
    `Daraus folgt ein Anteil von ${share}. Die Anleitung nennt weder Stake noch Gesamtgewicht.`,
    `Die Anleitung nennt ${guideExample.hardware} Stufe ${guideExample.tier}, diese App erkennt Stufe ${guideExample.probedTier}.`,
  ],
  labels: {
    stake: 'Stake',
    tier: 'Stufe',
    uptime: 'Onlinezeit',
    totalWeight: 'Gesamtgewicht online',
    growth: 'Zuwachs insgesamt je Monat',
    wattsReady: 'Leistung beim Warten',
    wattsLoaded: 'Leistung beim Antworten',
    loaded: 'Zeit mit Antworten',
    kwhPrice: 'Preis je kWh',
    monthlyCost: 'Andere Kosten je Monat',
    hardwareCost: 'Hardware, einmalig',
    tokenPrice: 'Preis je PRLX',
  },
  outOfRange: {
    stake: 'Geben Sie mehr als 0 ein.',
    tier: 'Geben Sie eine Stufe von 1 bis 4 ein.',
    uptime: 'Geben Sie einen Prozentwert von 0 bis 100 ein.',
    loaded: 'Geben Sie einen Prozentwert von 0 bis 100 ein.',
    totalWeight: 'Geben Sie mindestens Ihr eigenes Gewicht ein. Es ist ein Teil davon.',
  },
  negative: 'Geben Sie 0 oder mehr ein.',
  notANumber: 'Geben Sie eine Zahl wie 1234,5 ein.',
};
