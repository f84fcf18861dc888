import type { CheckReport } from '../../../shared/check-findings.ts';
import type { AddressSetting } from '../../../shared/contract/app-settings.ts';
import { coordinatorReport, ollamaAddressReport, rpcReport } from '../../daemon/checks/address-checks.ts';
import { parseSetting, type SettingsStore } from '../../daemon/storage/settings.ts';
import { settingsByName } from '../../daemon/storage/settings-fields.ts';
import { checkedOllamaAddress, settingsInForce } from '../configuration.ts';
import { openConnections } from '../connections.ts';
import type { NodeContext } from '../context.ts';

/**
 * Tries an address as the node would use it, with proxy and certificates as they are set. Saves nothing.
 *
 * @param address.url null: the default one
 * @throws NodeError `setting-invalid` for what is no such address, `ca-file-unreadable`
 */
export async function testAddress(
  context: Pick<NodeContext, 'env' | 'clock' | 'version'>,
  store: SettingsStore,
  { name, url }: { name: AddressSetting; url: string | null },
): Promise<CheckReport> {
  const value = parseSetting(name, url ?? settingsByName.get(name)?.fallback) as string | null;
  const inForce = settingsInForce({ env: context.env }, store);
  const settings = { ...inForce.settings, [name]: value };
  const ollama = name === 'ollamaUrl' ? checkedOllamaAddress({ name, text: value ?? '' }) : inForce.ollama;
  const connections = openConnections(context, { settings, ollama });
  try {
    switch (name) {
      case 'coordinatorUrl':
        return coordinatorReport(settings.coordinatorUrl, await connections.coordinator().health());
      case 'ollamaUrl':
        return ollamaAddressReport(ollama, await connections.inspectOllama());
      case 'rpcUrl':
        return await rpcReport(settings, connections.localHttp());
    }
  } finally {
    await connections.stop();
  }
}
