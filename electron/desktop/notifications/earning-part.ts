import { join } from 'node:path';
import type { Clock } from '../../daemon/system/clock.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';
import type { DesktopLanguage } from '../language.ts';
import type { AppPart } from '../part.ts';
import { createEarningMoments } from './earning-moments.ts';
import type { AppNotification } from './rules.ts';
import { createToldBook } from './told-book.ts';

/** The moments of earning of the node that the app stands with, told from the app's own memory of what it told. */
export function createEarningPart(
  options: { userData: string },
  modules: {
    node: Pick<DaemonManager, 'ask' | 'snapshot'>;
    clock: Clock;
    notify: (notification: AppNotification) => void;
    onFirst: () => void;
    language: Pick<DesktopLanguage, 'say'>;
  },
): AppPart {
  const { node, clock, notify, onFirst, language } = modules;
  const moments = createEarningMoments({
    told: createToldBook({ file: join(options.userData, 'told.json') }),
    claims: (limit) => node.ask('earnings.claims', { limit, before: null }),
    ...{ now: clock.now, notify, onFirst, language },
  });
  return {
    name: 'earning moments',
    onEvent() {
      if (node.snapshot !== null) moments.update(node.snapshot);
    },
  };
}
