import { gpuCauseWords } from '../hardware/gpu-causes.ts';
import { tierWords } from '../hardware/tiers.ts';
import { reasonWords } from '../reasons/reason-text.ts';
import { type RowsWords, rowWords, valueWords } from '../states/states.ts';
import { findingWords } from '../texts/check-text.ts';
import { errorWords, unknownError } from '../texts/error-text.ts';
import { estimateWords } from '../texts/estimate-text.ts';
import { eventWords } from '../texts/event-text.ts';
import { plainEventWords } from '../texts/event-vocabulary.ts';
import { failureWords } from '../texts/failure-text.ts';
import { hardwareWords } from '../texts/hardware-text.ts';
import { officialNoteWords } from '../texts/incumbent-note.ts';
import { placeWords } from '../texts/place-text.ts';
import { registrationWords } from '../texts/registration-text.ts';
import { notServableWords } from '../texts/servable-text.ts';
import { serviceWords } from '../texts/service-text.ts';
import { systemErrorWords } from '../texts/system-error-text.ts';
import { walletWords } from '../wallet/text.ts';
import { germanChecks } from './checks.ts';
import { germanKeyErrors } from './errors-key.ts';
import { germanModelErrors } from './errors-models.ts';
import { germanNodeErrors } from './errors-node.ts';
import { germanEstimate } from './estimate.ts';
import { germanEvents } from './events.ts';
import { germanPlainEvents } from './events-plain.ts';
import { addGermanForms } from './forms.ts';
import { germanHardware } from './hardware.ts';
import { germanOfficialNotes } from './notes.ts';
import { germanFailures, germanGpuCauses, germanNotServable, germanReasons } from './reasons.ts';
import { germanRegistration } from './registration.ts';
import { germanServices } from './services.ts';
import { germanNetworkRows } from './states-network.ts';
import { germanWorkRows } from './states-work.ts';
import { germanSystemErrors } from './system-errors.ts';
import { germanUpdates } from './updates.ts';
import { germanWallet } from './wallet.ts';

export const germanRows: RowsWords = { ...germanNetworkRows, ...germanWorkRows };

/** Every text that windows, tray and notifications share, in German. Loaded when German is wanted. */
export function addGerman(): void {
  addGermanForms();
  tierWords.add('de', {
    tier: (tier) => `Stufe ${tier}`,
    labels: { 1: 'CPU', 2: 'GPU · Einstieg', 3: 'GPU · stark', 4: 'GPU · Rechenzentrum' },
  });
  rowWords.add('de', germanRows);
  valueWords.add('de', {
    youResume: 'zum Fortsetzen',
    values: { ahead: 'vor', behind: 'nach', stopping: 'Anhalten' },
  });
  gpuCauseWords.add('de', germanGpuCauses);
  reasonWords.add('de', germanReasons);
  // To follow „in“, „aus“ and „von“.
  placeWords.add('de', {
    'the macOS keychain': 'dem macOS-Schlüsselbund',
    'the keychain (Secret Service)': 'dem Schlüsselbund (Secret Service)',
    'the keychain': 'dem Schlüsselbund',
    keychain: 'dem Schlüsselbund',
    'the driver of a GPU': 'dem Treiber einer GPU',
    'its own process': 'eigener Prozess',
    'this terminal': 'diesem Terminal',
    memory: 'dem Arbeitsspeicher',
  });
  notServableWords.add('de', germanNotServable);
  failureWords.add('de', germanFailures);
  errorWords.add('de', { ...germanUpdates, ...germanKeyErrors, ...germanNodeErrors, ...germanModelErrors });
  unknownError.add('de', (code) => `Der laufende Knoten hat geantwortet: ${code}.`);
  hardwareWords.add('de', germanHardware);
  serviceWords.add('de', germanServices);
  systemErrorWords.add('de', germanSystemErrors);
  findingWords.add('de', germanChecks);
  eventWords.add('de', germanEvents);
  plainEventWords.add('de', germanPlainEvents);
  walletWords.add('de', germanWallet);
  registrationWords.add('de', germanRegistration);
  estimateWords.add('de', germanEstimate);
  officialNoteWords.add('de', germanOfficialNotes);
}
