import { isAbsolute, join } from 'node:path';

/** The entry that starts this app at login on Linux [XDG autostart, desktop entry specification]. */

export function autostartPath({ env, homeDir }: { env: NodeJS.ProcessEnv; homeDir: string }): string {
  const base = env.XDG_CONFIG_HOME;
  // A relative path is to be ignored, says the XDG base directory specification.
  const config = base && isAbsolute(base) ? base : join(homeDir, '.config');
  return join(config, 'autostart', 'parallelix-operator.desktop');
}

export function autostartText(program: string): string {
  return `[Desktop Entry]
Type=Application
Name=ParalleliX Operator
Comment=Keeps your node online and serving
Exec=${quoted(program)} --hidden
Icon=parallelix-operator
Terminal=false
X-GNOME-Autostart-enabled=true
`;
}

/** What an entry does: starts `program`, starts something else, or is switched off in the desktop's own settings. */
export function judgeAutostart(text: string, program: string): 'on' | 'off' | 'broken' {
  const lines = text.split('\n').map((line) => line.trim());
  if (lines.includes('Hidden=true') || lines.includes('X-GNOME-Autostart-enabled=false')) return 'off';
  return lines.includes(`Exec=${quoted(program)} --hidden`) ? 'on' : 'broken';
}

/** As the Exec key wants it: quoted, then escaped once more as every string of the file, and % doubled. */
export function quoted(program: string): string {
  const argument = program.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%');
  return `"${argument.replaceAll('\\', '\\\\')}"`;
}
