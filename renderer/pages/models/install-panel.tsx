import type { Preparation } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Progress, Working } from '../../components/progress.tsx';
import { useAction } from '../../hooks.ts';
import { failureText } from '../../i18n/failure.ts';
import { t } from '../../i18n/text.ts';

const running = ['downloading', 'checking', 'unpacking', 'starting'];

/** Installing Ollama: what is done, asked before it is done; then how far it is. */
export function InstallPanel({ install, primary }: { install: Preparation['install']; primary: boolean }) {
  const { run, pending, failure } = useAction();
  const title = install && t(`models.install.state.${install.state}`, { version: install.version });
  if (install && title && running.includes(install.state))
    return (
      <section className="transfer" aria-label={title}>
        {install.state === 'downloading' ? <p>{title}</p> : <Working>{title}</Working>}
        <Progress label={title} transfer={install} />
        <p className="small soft">{t('models.install.folder', { folder: install.folder })}</p>
        <Button variant="quiet" disabled={pending} onPress={() => void run('ollama.cancelInstall', {})}>
          {t('models.install.cancel')}
        </Button>
        <FailureNotice failure={failure} />
      </section>
    );
  if (install?.state === 'done') return <Notice tone="good">{title}</Notice>;
  return (
    <>
      {install && (
        <Notice tone={install.state === 'failed' ? 'bad' : 'plain'} title={title ?? ''}>
          {install.error && failureText(install.error)}
        </Notice>
      )}
      <p className="soft">{t('models.install.explain')}</p>
      <div>
        <Button
          variant={primary ? 'primary' : 'plain'}
          busy={pending ? t('models.install.asking') : null}
          onPress={() => void run('ollama.install', {})}
        >
          {t('models.install.action')}
        </Button>
      </div>
      <FailureNotice failure={failure} />
    </>
  );
}
