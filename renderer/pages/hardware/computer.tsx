import { useEffect, useState } from 'react';
import type { Computer } from '../../../shared/contract/computer.ts';
import { formatBytes } from '../../../shared/format.ts';
import { Facts } from '../../components/figure.tsx';
import { useStore } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

/** What the computer calls itself; read once when the page opens, since it takes a second. */
export function ComputerFacts() {
  const { ask } = useStore();
  const [computer, setComputer] = useState<Computer | null>(null);
  useEffect(() => {
    let here = true;
    void ask('diagnostics.computer', {}).then((answer) => {
      if (here && answer.ok) setComputer(answer.output);
    });
    return () => {
      here = false;
    };
  }, [ask]);
  const { processor = null, physicalCores = null, system = null, disks = null } = computer ?? {};
  return (
    <Facts
      label={t('hardware.computer.title')}
      facts={[
        [t('hardware.computer.processor'), processor],
        [t('hardware.computer.cores'), physicalCores === null ? null : String(physicalCores)],
        [t('hardware.computer.system'), system],
        [t('hardware.computer.battery'), computer && batteryText(computer)],
        ...(disks ?? []).map((disk) => [t('hardware.computer.disk'), diskText(disk)] as const),
      ]}
    />
  );
}

function batteryText({ hasBattery, battery }: Computer): string | null {
  if (hasBattery === false) return t('hardware.computer.noBattery');
  if (battery?.percent == null) return null;
  const { percent } = battery;
  return t(battery.charging ? 'hardware.computer.charging' : 'hardware.computer.charged', { percent });
}

function diskText({ name, kind, bytes }: NonNullable<Computer['disks']>[number]): string {
  return [name, kind, bytes === null ? null : formatBytes(bytes)].filter((part) => part !== null).join(' · ');
}
