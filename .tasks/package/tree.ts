import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { bashCompletion } from '../../electron/cli/commands/completion/bash.ts';
import { fishCompletion } from '../../electron/cli/commands/completion/fish.ts';
import { zshCompletion } from '../../electron/cli/commands/completion/zsh.ts';
import type { Bundle } from './bundle.ts';
import { checkContents, checkMachineCode, contentsOf, listedContents } from './contents.ts';
import { manualPage } from './manual.ts';
import { ownLicence, thirdPartyNotices } from './notices.ts';
import { partsFor } from './parts.ts';
import { productVersion, programName, root } from './places.ts';
import type { Target } from './platforms.ts';

/**
 * Lays a package out in `folder`, as it is unpacked everywhere, and holds it against the list.
 *
 * @param date of the release: the same sources make the same bytes
 */
export function layOut(
  folder: string,
  options: { target: Target; bundle: Bundle; date: Date; macNode?: { folder: string; version: string } },
): void {
  const { target, bundle, date, macNode } = options;
  const parts = partsFor(target, macNode);
  rmSync(folder, { recursive: true, force: true });
  const place = (path: string) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    return file;
  };
  const write = (path: string, text: string) => writeFileSync(place(path), text, { mode: 0o644 });
  const copy = (path: string, from: string, mode = 0o644) => {
    copyFileSync(from, place(path));
    chmodSync(join(folder, path), mode);
  };

  write('LICENSE', ownLicence());
  write('NOTICES.txt', thirdPartyNotices(bundle.packages, parts));
  copy(`bin/${programName}`, join(root, 'resources', 'package', 'launcher.sh'), 0o755);
  symlinkSync(programName, place('bin/plx'));
  // It is the launcher's Node that runs it, whatever the first line says of another one.
  write(
    'lib/cli.mjs',
    readFileSync(bundle.file, 'utf8').replace(/^#!.*/, '// Started by bin/parallelix-operator.'),
  );
  copy('lib/node', parts.nodeBinary, 0o755);
  const keyring = 'lib/node_modules/keytar';
  copy(`${keyring}/index.js`, join(parts.keyringLoader, 'index.js'));
  copy(`${keyring}/package.json`, join(parts.keyringLoader, 'package.json'));
  copy(`${keyring}/${target.keyringFile}`, parts.keyringBinary);
  write(`share/bash-completion/completions/${programName}`, bashCompletion());
  symlinkSync(programName, place('share/bash-completion/completions/plx'));
  write(`share/fish/vendor_completions.d/${programName}.fish`, fishCompletion());
  symlinkSync(`${programName}.fish`, place('share/fish/vendor_completions.d/plx.fish'));
  write(`share/zsh/site-functions/_${programName}`, zshCompletion());
  write(`share/man/man1/${programName}.1`, manualPage({ version: productVersion(), date }));
  symlinkSync(`${programName}.1`, place('share/man/man1/plx.1'));

  for (const { path, mode } of contentsOf(folder))
    if (mode !== 'link') utimesSync(join(folder, path), date, date);
  checkContents(contentsOf(folder), listedContents(target), folder);
  checkMachineCode(folder, target);
}
