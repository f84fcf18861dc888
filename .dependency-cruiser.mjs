// Which folder may import which; docs/design.md section 2 gives the reasons. Run by `npm run lint` and `npm test`;
// tests/unit/rules/layers.test.ts shows that each rule refuses what it is for.

/**
 * The rooms of the daemon, and what each may import beside itself and `shared`. Rooms that are not named here may
 * import no other. What is in electron/daemon itself composes the rooms and may import all of them; no room imports
 * from there.
 */
const base = ['storage', 'http', 'logging', 'system'];
const rooms = {
  system: [],
  logging: ['system'],
  http: ['storage', 'system'],
  storage: ['logging', 'system'],
  control: base,
  hardware: base,
  coordinator: base,
  chain: base,
  earnings: [...base, 'coordinator', 'chain'],
  identity: base,
  ollama: [...base, 'hardware'],
  incumbent: [...base, 'identity', 'ollama'],
  serving: [...base, 'coordinator', 'identity', 'ollama'],
  'support-report': [...base, 'identity'],
  checks: [...base, 'chain', 'coordinator', 'hardware', 'identity', 'incumbent', 'ollama', 'serving'],
};

/** A package, wherever npm has put it. */
const packages = (names) => `(^|/)node_modules/(${names})(/|$)`;
/** A package by the name it is imported by, where it has no such file. */
const unresolved = (names) => `^(${names})(/|$)`;
const local = ['local', 'localmodule'];

const placeOf = (room) => `^electron/daemon/${room}/`;

const roomRules = Object.entries(rooms).map(([room, others]) => ({
  name: `daemon-room-${room}`,
  comment: `electron/daemon/${room} imports only itself, shared and: ${others.join(', ') || 'nothing else'}.`,
  severity: 'error',
  from: { path: placeOf(room) },
  to: {
    path: '^(electron|renderer|tests)/',
    pathNot: [room, ...others].map(placeOf),
    dependencyTypes: local,
  },
}));

export default {
  forbidden: [
    {
      name: 'no-circle-of-files',
      comment: 'Files that import each other in a circle are one file, or a third one is missing.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['dynamic-import'] } },
    },
    {
      name: 'nothing-unresolved',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'shared-imports-only-itself-and-zod',
      comment: 'shared speaks for all sides: no Node, no Electron, no package but zod, nobody’s internals.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { pathNot: `^shared/|${packages('zod')}` },
    },
    {
      name: 'renderer-imports-only-shared',
      comment: 'The renderer speaks only through shared: no Node, no Electron, no folder of the node.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '^renderer/vite\\.config\\.ts$' },
      to: {
        pathNot: `^(renderer|shared)/|${packages('react|react-dom|i18next|qrcode|@fontsource-variable|@types')}`,
      },
    },
    {
      name: 'daemon-imports-only-shared',
      comment: 'The daemon knows neither what stands on it (electron/node) nor a host (cli, desktop).',
      severity: 'error',
      from: { path: '^electron/daemon/' },
      to: { path: '^(electron|renderer|tests)/', pathNot: '^electron/daemon/', dependencyTypes: local },
    },
    {
      name: 'node-imports-only-daemon-and-shared',
      comment: 'electron/node is used by both hosts and knows neither.',
      severity: 'error',
      from: { path: '^electron/node/' },
      to: {
        path: '^(electron|renderer|tests)/',
        pathNot: '^electron/(node|daemon)/',
        dependencyTypes: local,
      },
    },
    {
      name: 'cli-stands-beside-desktop',
      comment: 'What both hosts can do is an operation of electron/node.',
      severity: 'error',
      from: { path: '^electron/cli/' },
      to: {
        path: '^(electron|renderer|tests)/',
        pathNot: '^electron/(cli|node|daemon)/',
        dependencyTypes: local,
      },
    },
    {
      name: 'desktop-stands-beside-cli',
      comment: 'What both hosts can do is an operation of electron/node.',
      severity: 'error',
      from: { path: '^electron/(desktop/|main\\.ts$|preload\\.ts$)' },
      to: {
        path: '^(electron|renderer|tests)/',
        pathNot: '^electron/(desktop|node|daemon)/',
        dependencyTypes: local,
      },
    },
    ...roomRules,
    {
      name: 'daemon-rooms-are-named',
      comment: 'A new room of the daemon says in this file what it may import.',
      severity: 'error',
      from: {
        path: '^electron/daemon/[^/]+/',
        pathNot: `^electron/daemon/(${Object.keys(rooms).join('|')})/`,
      },
      to: {},
    },
    {
      name: 'electron-only-in-desktop',
      comment: 'Everything else runs on plain Node, without a display.',
      severity: 'error',
      from: {
        path: '^(electron|shared|renderer)/',
        pathNot: '^electron/(desktop/|main\\.ts$|preload\\.ts$)',
      },
      to: { path: `${packages('electron')}|${unresolved('electron')}`, dependencyTypesNot: local },
    },
    {
      name: 'keychain-only-in-library',
      comment:
        'Entries of the keychain are opened in electron/daemon/identity/keychain/library.ts alone: the linter keeps it to AsyncEntry, pinned to the Secret Service. The rest of the package forgets, or cannot be pinned.',
      severity: 'error',
      from: { pathNot: '^electron/daemon/identity/keychain/library\\.ts$' },
      to: { path: [packages('keytar|@napi-rs'), unresolved('keytar|@napi-rs')] },
    },
    {
      name: 'no-way-around-imports',
      comment: 'createRequire and the loader hide from these rules what is imported.',
      severity: 'error',
      from: { path: '^(electron|shared|renderer)/' },
      to: { path: '^(node:)?module$', dependencyTypes: ['core'] },
    },
    {
      name: 'environment-is-handed-over',
      comment: 'The environment is read by the two hosts and handed down: { env } of the context.',
      severity: 'error',
      from: { path: '^(electron|shared|renderer)/' },
      to: { path: '^(node:)?process$', dependencyTypes: ['core'] },
    },
    {
      name: 'packages-are-dependencies',
      comment: 'What the product imports at run time stands in `dependencies`, or it is not in the packages.',
      severity: 'error',
      from: { path: '^electron/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: packages('electron|@types') },
    },
    {
      name: 'product-knows-no-tests',
      comment: 'Nothing that ships imports a test, its fixtures or the practice network.',
      severity: 'error',
      from: { path: '^(electron|shared|renderer)/' },
      to: { path: '^(tests|\\.tasks)/' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    moduleSystems: ['es6', 'cjs'],
    doNotFollow: { path: '(^|/)node_modules/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'],
    },
  },
};
