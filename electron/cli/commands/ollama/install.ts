import { NodeError } from '../../../../shared/errors.ts';
import { formatBytes } from '../../../../shared/format.ts';
import type { OllamaInstaller } from '../../../daemon/ollama/install/install.ts';
import type { InstallPlan } from '../../../daemon/ollama/install/plan.ts';
import type { InstallReport } from '../../../daemon/ollama/install/steps.ts';
import { sleep } from '../../../daemon/system/clock.ts';
import { openInstaller, planInstall } from '../../../node/operations/ollama-install.ts';
import type { CommandRun, Invocation } from '../../args/invocation.ts';
import { ollamaInstallDocument } from '../../documents/ollama.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { type Configuration, resolveConfiguration } from '../../resolve.ts';
import { paragraph } from '../../terminal/layout.ts';
import { askLine, canAsk } from '../../terminal/prompt.ts';
import { onInterrupt } from '../../terminal/signals.ts';
import { createTransferView } from '../../terminal/transfer-view.ts';
import { linkToNode, type NodeLink, reportedError } from './link.ts';

/** Installs the pinned release into a folder of the user's own, after saying what that means and asking for consent. */
export const runOllamaInstall: CommandRun = async (invocation): Promise<ExitCode> => {
  const configuration = await resolveConfiguration(invocation);
  const { installer, stop } = await openInstaller(invocation, configuration);
  const link = await linkToNode(invocation, configuration);
  try {
    const plan = await planInstall(installer);
    if (plan.installed !== null) return await print(invocation, link, plan, plan.installed, true);
    await askConsent(invocation, plan);
    await (link ? installThroughNode(invocation, configuration, link) : installHere(invocation, installer));
    return await print(invocation, link, plan, (await installer.plan()).installed, false);
  } finally {
    link?.daemon.close();
    await stop();
  }
};

/** @throws NodeError `usage` where nobody can be asked, `cancelled` */
async function askConsent({ flags, terminal }: Invocation, plan: InstallPlan): Promise<void> {
  const { version, archives, downloadBytes, neededBytes, freeBytes, folder } = plan;
  const from = new URL(archives[0]?.url ?? '').host;
  const size = downloadBytes === null ? 'a size that the server will say' : formatBytes(downloadBytes);
  const text = [
    `Downloads Ollama ${version} from ${from} (${size}: ${archives.map(({ name }) => name).join(', ')}), checks it against its published checksum, and unpacks it into ${folder}.`,
    `It needs about ${formatBytes(neededBytes)} on that disk${freeBytes === null ? '' : `, and ${formatBytes(freeBytes)} are free`}.`,
    'Nothing outside of that folder is changed, and no administrator is needed.',
  ].join(' ');
  if (!flags.yes && !canAsk()) {
    throw new NodeError('usage', {
      input: 'ollama install',
      remedy: 'needs --yes, for nobody is here to be asked',
    });
  }
  if (!flags.json) terminal.out(paragraph(terminal, text));
  else if (!flags.yes) terminal.err(text);
  if (flags.yes) return;
  const answer = await askLine('Type yes to install it: ');
  if (!/^y(es)?$/i.test(answer.trim())) throw new NodeError('cancelled', { reason: 'aborted' });
}

async function installHere(invocation: Invocation, installer: OllamaInstaller): Promise<void> {
  const show = createShow(invocation);
  const unsubscribe = installer.onChange(() => show.report(installer.status));
  const restore = onInterrupt(() => void installer.cancel());
  try {
    await installer.install();
  } finally {
    restore();
    unsubscribe();
    show.end();
  }
}

const pollMs = 200;

async function installThroughNode(
  invocation: Invocation,
  { paths }: Configuration,
  link: NodeLink,
): Promise<void> {
  const show = createShow(invocation);
  // What an earlier installation ended with is not the end of this one.
  const earlier = JSON.stringify(link.current().install);
  await link.daemon.ask('ollama.install', {});
  const cancel = () => void link.daemon.ask('ollama.cancelInstall', {}).catch(() => undefined);
  const restore = onInterrupt(cancel, { except: ['SIGHUP'] });
  let gone = false;
  void link.daemon.closed.then(() => {
    gone = true;
  });
  try {
    for (;;) {
      if (gone) throw new NodeError('daemon-not-answering', { stateDir: paths.stateDir, reason: 'ended' });
      const { install } = link.current();
      if (JSON.stringify(install) !== earlier) {
        show.report(install);
        if (install?.state === 'done') return;
        if (install?.error) throw reportedError(install.error);
      }
      await sleep(invocation.clock, pollMs);
    }
  } finally {
    restore();
    show.end();
  }
}

const stateTexts: Partial<Record<InstallReport['state'], string>> = {
  checking: 'Checking the checksum.',
  unpacking: 'Unpacking.',
  starting: 'Starting Ollama.',
};

function createShow({ flags, terminal }: Invocation): {
  report: (report: InstallReport | null) => void;
  end: () => void;
} {
  if (flags.json) return { report() {}, end() {} };
  const view = createTransferView(terminal);
  let printed: string | null = null;
  return {
    report(report) {
      if (report === null) return;
      if (report.state === 'downloading' && report.completedBytes > 0)
        view.show(`Ollama ${report.version}`, report);
      const text = stateTexts[report.state];
      if (text !== undefined && printed !== report.state) view.say(text);
      printed = report.state;
    },
    end: () => view.end(),
  };
}

async function print(
  { flags, terminal }: Invocation,
  link: NodeLink | null,
  plan: InstallPlan,
  program: string | null,
  alreadyInstalled: boolean,
): Promise<ExitCode> {
  const { version, folder } = plan;
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const totalBytes = plan.archives.every(({ sizeBytes }) => sizeBytes !== null)
      ? plan.archives.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0)
      : null;
    printDocument(terminal, ollamaInstallDocument, {
      schemaVersion: 1,
      document: 'ollama-install',
      by: link ? 'node' : 'command',
      version,
      folder,
      program,
      alreadyInstalled,
      totalBytes,
    });
    return exitCodes.done;
  }
  const next = link
    ? 'The node starts it by itself.'
    : 'A node that starts will start it; or start it now with: parallelix-operator ollama start';
  terminal.out(
    alreadyInstalled
      ? `Ollama ${version} is installed already, in ${folder}. ${next}`
      : `${terminal.paint('good', '✓')} Ollama ${version} is installed in ${folder}. ${next}`,
  );
  return exitCodes.done;
}
