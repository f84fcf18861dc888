import type { ReactNode } from 'react';
import { unknown } from '../../../shared/format.ts';
import type { AppState, Snapshot } from '../../bridge.ts';
import { At } from '../../components/at.tsx';
import { Icon } from '../../components/icon.tsx';
import { Section } from '../../components/page.tsx';
import { isFresh, useApp, useNow } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { percent } from '../../known-amount.ts';

interface Risk {
  name: string;
  status: 'ok' | 'bad' | 'unknown';
  text: ReactNode;
}

function offline({ heartbeat }: Snapshot, nowMs: number): Omit<Risk, 'name'> {
  const at = heartbeat.lastAcceptedAtMs;
  if (at !== null && isFresh(at, nowMs))
    return {
      status: 'ok',
      text: <At ms={at} text={(time) => t('dashboard.risks.offline.ok', { time })} />,
    };
  if (heartbeat.lastAttemptAtMs === null)
    return { status: 'unknown', text: t('dashboard.risks.offline.unknown') };
  return { status: 'bad', text: t('dashboard.risks.offline.bad') };
}

function ollama({ ollama: { condition, version } }: Snapshot): Omit<Risk, 'name'> {
  if (condition === 'unknown') return { status: 'unknown', text: t('dashboard.risks.ollama.unknown') };
  // In the words of the Models page.
  const words = t(`models.server.condition.${condition}`);
  if (condition === 'starting') return { status: 'unknown', text: words };
  // It serves all the same.
  if (condition === 'too-old') return { status: 'bad', text: t('models.server.meaning.too-old') };
  if (condition !== 'running') return { status: 'bad', text: `${words}. ${t('dashboard.risks.ollama.bad')}` };
  return {
    status: 'ok',
    text:
      version === null ? t('dashboard.risks.ollama.okPlain') : t('dashboard.risks.ollama.ok', { version }),
  };
}

function tier({ hardware }: Snapshot): Omit<Risk, 'name'> {
  const { declared, tier: probed } = hardware;
  const facts = { declared: declared.tier ?? unknown, probed, tier: probed };
  switch (declared.match) {
    case 'same':
      return { status: 'ok', text: t('dashboard.risks.tier.ok', facts) };
    case 'declared-higher':
      return { status: 'bad', text: t('dashboard.risks.tier.high', facts) };
    case 'declared-lower':
      return { status: 'bad', text: t('dashboard.risks.tier.low', facts) };
    default:
      return { status: 'unknown', text: t('dashboard.risks.tier.unknown') };
  }
}

function sleep(app: AppState): Omit<Risk, 'name'> {
  if (app.node.phase !== 'hosting') return { status: 'unknown', text: t('dashboard.risks.sleep.unknown') };
  const awake = app.keepAwake.allowed;
  const atLogin = app.loginItem.status === 'on';
  const lid = t('dashboard.risks.sleep.closedLid');
  if (awake && atLogin) return { status: 'ok', text: `${t('dashboard.risks.sleep.ok')} ${lid}` };
  if (awake) return { status: 'bad', text: `${t('dashboard.risks.sleep.awakeOnly')} ${lid}` };
  return {
    status: 'bad',
    text: t(atLogin ? 'dashboard.risks.sleep.loginOnly' : 'dashboard.risks.sleep.bad'),
  };
}

/** By the node's own rate, of the stream as the guide gives it. */
function share({ earned: { streamShare } }: Snapshot): Omit<Risk, 'name'> {
  if (!streamShare.known) return { status: 'unknown', text: t('dashboard.risks.weight.unknown') };
  const text = percent(streamShare.value, 3) ?? '';
  return { status: 'ok', text: t('dashboard.risks.weight.ok', { share: text }) };
}

const icons = { ok: 'check', bad: 'warning', unknown: 'unknown' } as const;

/** The guide's risk register, each risk as it stands on this machine. [network.md 13] */
export function Health({ snapshot }: { snapshot: Snapshot }) {
  const app = useApp();
  const nowMs = useNow();
  const risks: Risk[] = [
    { name: t('dashboard.risks.offline.name'), ...offline(snapshot, nowMs) },
    { name: t('dashboard.risks.ollama.name'), ...ollama(snapshot) },
    { name: t('dashboard.risks.tier.name'), ...tier(snapshot) },
    ...(app ? [{ name: t('dashboard.risks.sleep.name'), ...sleep(app) }] : []),
    { name: t('dashboard.risks.weight.name'), ...share(snapshot) },
  ];
  return (
    <Section title={t('dashboard.risks.title')}>
      <ul className="check-list">
        {risks.map(({ name, status, text }) => (
          <li key={name} className={`check check-${status}`}>
            <Icon name={icons[status]} />
            <div>
              <p className="check-name">
                {name}
                <span className="check-status">{t(`dashboard.risks.status.${status}`)}</span>
              </p>
              <p className="soft small">{text}</p>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
