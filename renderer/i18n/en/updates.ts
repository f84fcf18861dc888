export const updates = {
  title: 'Updates',
  available: 'Version {{version}} is available',
  downloading: 'Downloading version {{version}}: {{percent}} %',
  ready:
    'Version {{version}} is ready to install. Your node finishes its requests first and is back in seconds.',
  waiting: 'Version {{version}} is installed when the download in progress ends.',
  installing: 'Installing version {{version}}. Your node finishes its requests, then the app restarts.',
  command: 'Your system installs this app’s updates. Run this in a terminal:',
  commandLabel: 'Update command',
  notes: 'Release notes',
  now: 'Update now',
  later: 'Later',
  automatic: 'Update automatically',
  automaticMeaning:
    'Downloads updates in the background and installs them when no window is open. Requests and downloads are never cut off.',
  automaticCommand: 'Checks for updates and tells you when there is one.',
  nobody: 'This build isn’t an official release, so it can’t update itself.',
  check: 'Check now',
  checking: 'Checking…',
  current: 'Version {{version}} is the newest. Checked {{time}}.',
  unchecked: 'Version {{version}}. Not checked yet.',
} as const;
