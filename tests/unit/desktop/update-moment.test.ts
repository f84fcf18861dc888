import { expect, it } from 'vitest';
import { createUpdateMoment } from '../../../electron/desktop/notifications/update-moment.ts';
import type { AppUpdate } from '../../../shared/contract/app-update.ts';
import { english } from '../../fixtures/english.ts';

const idle: AppUpdate = {
  ...{ by: 'app', automatic: true, status: 'idle', offered: null },
  ...{ progress: null, laterUntilMs: null, checkedAtMs: null, failure: null },
};
const offered = (version: string, command: string | null = null) => ({ version, notes: '', command });

function fixture({ told = null as string | null, person = true } = {}) {
  const said: string[] = [];
  const kept: string[] = [];
  const update = createUpdateMoment({
    notify: ({ kind, title, body }) => said.push(`${kind}: ${title}. ${body}`),
    told: () => told,
    // On its way to the disk, and not there yet.
    remember: (version) => kept.push(version),
    needsPerson: () => person,
    language: english,
  });
  return { said, kept, update };
}

const words = (version: string) =>
  `Update: An update is available. Version ${version} is ready. Open the app to install it.`;

it('tells of an update that waits for somebody, once per version', () => {
  const { said, kept, update } = fixture();
  update(idle);
  update({ ...idle, status: 'downloading', offered: offered('0.2.0') });
  expect(said).toEqual([]);
  for (const status of ['ready', 'waiting', 'ready', 'ready'] as const)
    update({ ...idle, status, offered: offered('0.2.0') });
  expect(said).toEqual([words('0.2.0')]);
  update({ ...idle, status: 'ready', offered: offered('0.3.0') });
  expect(said).toEqual([words('0.2.0'), words('0.3.0')]);
  expect(kept).toEqual(['0.2.0', '0.3.0']);
});

it('tells of one that a command installs as soon as it is known', () => {
  const { said, update } = fixture({ person: false });
  update({ ...idle, by: 'command', offered: offered('0.2.0', 'sudo apt install ./x.deb') });
  expect(said).toEqual([words('0.2.0')]);
});

it('says nothing of what installs itself, nor of what an earlier run has told', () => {
  const alone = fixture({ person: false });
  alone.update({ ...idle, status: 'ready', offered: offered('0.2.0') });
  const again = fixture({ told: '0.2.0' });
  again.update({ ...idle, status: 'ready', offered: offered('0.2.0') });
  expect([...alone.said, ...again.said]).toEqual([]);
});
