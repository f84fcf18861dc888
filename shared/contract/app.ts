import * as z from 'zod';
import { isNodeId } from '../ids.ts';
import { languages } from '../language.ts';
import type { StateCode } from '../states/states.ts';
import { states } from '../states/table.ts';
import { appPlacesCommands } from './app-places.ts';
import { appSettingsCommands } from './app-settings.ts';
import { appUpdateCommands, appUpdateSchema } from './app-update.ts';
import {
  type CommandInput,
  type CommandName,
  type CommandOutput,
  commands,
  isCommandName,
} from './commands.ts';
import { keyCommands } from './keys.ts';
import { maintenanceCommands, officialSchema } from './maintenance.ts';
import { migrationCommands, migrationSchema } from './migration.ts';
import { preparationSchema } from './preparation.ts';
import { serviceCommands } from './service.ts';
import { uninstallCommands } from './uninstall.ts';

/**
 * What only the desktop app can be asked, and what it reports beside the daemon's snapshot: how it
 * stands with the daemon itself (which may not run yet, or elsewhere) and with the desktop.
 */

const timeMs = z.number().int();
const stateCodes = states.map((state) => state.code) as [StateCode, ...StateCode[]];
/** `menu-entry`: an offer, to an AppImage that does not stand among the applications. `first-earned`: good news. */
const explained = z.enum(['closing', 'no-tray', 'menu-entry', 'first-earned']);
const params = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const errorSchema = z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) });

/** Pages of the interface; `operator://app/index.html#/<page>`. */
export const pages = [
  'onboarding',
  'dashboard',
  'hardware',
  'models',
  'earnings',
  'settings',
  'diagnostics',
] as const;
export const pageSchema = z.enum(pages);
export type Page = z.infer<typeof pageSchema>;

/** How the app stands with its daemon. A snapshot exists while `hosting`, and while `attached` to a compatible one. */
export const nodePhaseSchema = z.discriminatedUnion('phase', [
  /** Being searched for, or being started. */
  z.object({ phase: z.literal('starting') }),
  /** Nothing runs, because no key was ever made here: onboarding. */
  z.object({ phase: z.literal('no-identity') }),
  /** The daemon waits for its key and goes on by itself; `state` is a row of the table of states. */
  z.object({
    phase: z.literal('key-trouble'),
    state: z.object({ code: z.enum(stateCodes), params }),
    error: errorSchema,
    sinceMs: timeMs,
  }),
  /** The daemon runs in this app. */
  z.object({ phase: z.literal('hosting') }),
  /** It runs elsewhere on this computer; `compatible: false` has this text and no snapshot. */
  z.object({
    phase: z.literal('attached'),
    pid: z.number().int(),
    version: z.string(),
    compatible: z.boolean(),
    label: z.string(),
    sentence: z.string(),
  }),
  /** Ended on request; `app.startNode` starts it. */
  z.object({ phase: z.literal('stopped'), sinceMs: timeMs }),
  /** The official client runs with this key: nothing is started beside it, and the node starts when it has ended. */
  z.object({ phase: z.literal('other-program'), error: errorSchema, sinceMs: timeMs }),
  /** Could not start, or ended with an error; `app.startNode` tries again. */
  z.object({ phase: z.literal('failed'), error: errorSchema, sinceMs: timeMs }),
]);
export type NodePhase = z.infer<typeof nodePhaseSchema>;

/** `requires-approval`: macOS waits for the person to allow it; `broken`: the entry starts something else, or nothing. */
const loginItemStatuses = ['off', 'on', 'requires-approval', 'broken', 'unsupported'] as const;

export const appStateSchema = z.object({
  version: z.string(),
  platform: z.enum(['linux', 'darwin', 'other']),
  stateDir: z.string(),
  /** What the app speaks to the person, and its windows with it. */
  language: z.enum(languages),
  node: nodePhaseSchema,
  /** What `electron/daemon/preparation.ts` knows while there is no daemon with sections of its own; else null. */
  preparation: preparationSchema.nullable(),
  /** `~/.parallelix` of the official client; null where there is none. */
  official: officialSchema.nullable(),
  /** A migration from the official client: under way, or how it ended; null before the first. */
  migration: migrationSchema.nullable(),
  /** Updates of this app. */
  update: appUpdateSchema,
  /** `none`: this desktop shows no tray icons, so closing the last window leaves nothing to click on. */
  tray: z.enum(['shown', 'none', 'unknown']),
  loginItem: z.object({ status: z.enum(loginItemStatuses), startedAtLogin: z.boolean() }),
  /** `active`: the computer is kept from sleeping by itself just now. */
  keepAwake: z.object({ allowed: z.boolean(), active: z.boolean() }),
  /** Shortcuts of a single key work; those with Ctrl or Command always do. */
  singleKeys: z.boolean(),
  /** Not null while work is being finished before the app ends; `app.quit` once more ends it at once. */
  quitting: z.object({ sinceMs: timeMs, limitMs: z.number() }).nullable(),
  /** What is to be said once, and not again after `app.explained`. */
  explain: z.array(explained),
});
export type AppState = z.infer<typeof appStateSchema>;

const nothing = z.strictObject({});
const done = z.object({});

/** Commands of the app itself; names never meet those of the daemon. */
export const appCommands = {
  ...maintenanceCommands,
  ...keyCommands,
  ...serviceCommands,
  ...migrationCommands,
  ...appUpdateCommands,
  ...appPlacesCommands,
  ...appSettingsCommands,
  ...uninstallCommands,
  'app.state': { input: nothing, output: appStateSchema },
  /** Opens a web page outside, if it is one of those in `desktop/windows/links.ts`. */
  'app.openLink': { input: z.strictObject({ url: z.string().max(2048) }), output: done },
  /** Shows a page in the main window, or the earnings in a window of their own. */
  'app.openWindow': {
    input: z.strictObject({ window: z.enum(['main', 'earnings']), page: pageSchema.optional() }),
    output: done,
  },
  /** Finishes what runs, then ends the app; asked again while it does so, ends at once. */
  'app.quit': { input: nothing, output: done },
  /** Starts the daemon, or the service that has it, unless one runs; checks again at once what forbids it. */
  'app.startNode': { input: nothing, output: done },
  /**
   * Drains the daemon, wherever it runs, and starts it with the settings as they are now. Refused with
   * `contract-mismatch` or `restart-unfinished` where that is not possible, or takes longer.
   */
  'app.restartNode': { input: nothing, output: done },
  /** Asks for a path and writes what is on record of the earnings of one node, or of all, there; null when it was cancelled. */
  'earnings.saveExport': {
    input: z.strictObject({
      format: z.enum(['csv', 'json']),
      nodeId: z.string().refine(isNodeId).nullable().default(null),
    }),
    output: z.object({ path: z.string().nullable() }),
  },
  'app.explained': { input: z.strictObject({ what: explained }), output: done },
  'app.setLoginItem': { input: z.strictObject({ on: z.boolean() }), output: done },
  /** Makes the node key and starts the daemon. Refused with `key-exists` and its kind where a key is, or was. */
  'identity.create': {
    input: z.strictObject({ keyStore: z.enum(['keychain', 'file']) }),
    output: z.object({ nodeKeyHash: z.string(), nodeAddress: z.string(), place: z.string() }),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type AppCommandName = keyof typeof appCommands;
export type AppCommandHandlers = {
  [N in AppCommandName]: (
    input: z.output<(typeof appCommands)[N]['input']>,
  ) => Promise<z.output<(typeof appCommands)[N]['output']>>;
};

export function isAppCommandName(name: string): name is AppCommandName {
  return Object.hasOwn(appCommands, name);
}

/** Everything a window can ask. */
export type AskName = CommandName | AppCommandName;
export type AskInput<N extends AskName> = N extends CommandName
  ? CommandInput<N>
  : N extends AppCommandName
    ? z.input<(typeof appCommands)[N]['input']>
    : never;
export type AskOutput<N extends AskName> = N extends CommandName
  ? CommandOutput<N>
  : N extends AppCommandName
    ? z.output<(typeof appCommands)[N]['output']>
    : never;

/** Schemas of whatever a window can ask; null for a name that is none. */
export function askSchemas(name: string): { input: z.ZodType; output: z.ZodType } | null {
  if (isCommandName(name)) return commands[name];
  return isAppCommandName(name) ? appCommands[name] : null;
}
