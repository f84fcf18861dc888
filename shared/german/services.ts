import { describePlace } from '../texts/place-text.ts';
import { problem } from '../texts/problem.ts';
import type { ServiceTexts } from '../texts/service-text.ts';

/** Why no service can be installed, or none was. */
export const germanServices: ServiceTexts = {
  platform: () =>
    problem('Dienste gibt es nur unter Linux und macOS.', null, 'Nehmen Sie unter Windows WSL2.'),
  'no-systemd': () =>
    problem('Dieser Computer hat kein systemd. Darum wurde kein Dienst installiert.', null, null),
  wsl: () =>
    problem('systemd ist in dieser WSL2-Distribution aus.', null, 'Schalten Sie systemd in WSL2 ein.'),
  'no-user-manager': (user) =>
    problem(
      `Für ${user} läuft keine Dienstverwaltung.`,
      null,
      'Melden Sie sich direkt an, dann versuchen Sie es erneut.',
    ),
  'needs-root': () =>
    problem(
      'Ein Dienst für den ganzen Computer braucht Administratorrechte.',
      null,
      'Bitten Sie einen Administrator.',
    ),
  'under-sudo': (user) =>
    problem(`Mit sudo wäre das der Dienst von root, nicht der von ${user}.`, null, null),
  'key-in-keychain': (place) =>
    problem(
      `Der Schlüssel ist in ${describePlace(place)}. Das öffnet sich nur mit Ihrer Anmeldung.`,
      'Ein Dienst kann ihn nicht lesen.',
      'Verschieben Sie den Schlüssel in eine Datei.',
    ),
  'key-of-another-user': (place) =>
    problem(
      `${place} gehört einem anderen Benutzer.`,
      'Ein Dienst nutzt nur den Schlüssel des Benutzers, als der er läuft.',
      null,
    ),
  'program-not-shared': (path) =>
    problem(
      `Ein anderer Benutzer kann ${path} ändern. Darum darf kein Dienst des ganzen Computers es ausführen.`,
      null,
      'Installieren Sie das deb- oder rpm-Paket.',
    ),
  'no-program': () =>
    problem(
      'Dieses Paket der App kann keinen Dienst betreiben.',
      null,
      'Installieren Sie das Paket der Befehlszeile, dann versuchen Sie es erneut.',
    ),
  'still-installed': (name) =>
    problem(`Der Dienst ${name} betreibt diesen Knoten noch.`, null, 'Entfernen Sie zuerst den Dienst.'),
  'name-taken': (name) => problem(`Der Dienst ${name} betreibt einen anderen Datenordner.`, null, null),
};
