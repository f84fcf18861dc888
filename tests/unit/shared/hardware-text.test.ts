import { describe, expect, it } from 'vitest';
import { probeText, tierReason } from '../../../electron/cli/commands/probe/text.ts';
import type { Terminal } from '../../../electron/cli/terminal/terminal.ts';
import { findingCodes } from '../../../shared/hardware/findings.ts';
import { findingText } from '../../../shared/texts/hardware-text.ts';
import { hardwareCases, probeCase } from '../../fixtures/hardware-cases.ts';

const terminal: Terminal = {
  live: false,
  interactive: false,
  colouredBlocks: false,
  out: () => {},
  line() {},
  err: () => {},
  write: () => {},
  paint: (_tone, text) => text,
  bold: (text) => text,
  columns: () => 100,
  onReaderGone() {},
  onResize: () => {},
};
const textOf = async (name: string, chosenCards: string[] | null = null) =>
  probeText(terminal, await probeCase(name, chosenCards), name.startsWith('apple') ? 'darwin' : 'linux');

describe('the arithmetic of the tier as text', () => {
  it.each([
    ['nvidia-rtx-4080-super', '16 GB ≥ 16 GB → tier 3. Tier 4 begins at 40 GB.'],
    ['amd-rx-6700-xt-rocm-6.1', 'A GPU, and 13 GB < 16 GB → tier 2.'],
    ['constructed-nvidia-gb10', 'NVIDIA GB10, memory unknown → tier 2.'],
    ['recorded-virtual-machine-without-gpu', 'No GPU → tier 1. Any GPU would make it tier 2 or more.'],
    ['intel-comet-lake', 'No GPU that counts → tier 1.'],
    [
      'constructed-nvidia-two-cards',
      '80 GB ≥ 40 GB → tier 4. Of 2 cards that count, NVIDIA H100 80GB HBM3 makes the highest tier and decides.',
    ],
  ])('%s: %s', async (name, words) => expect(tierReason(await probeCase(name))).toBe(words));
});

describe('what probe shows', () => {
  it('all cards with their memory and UUID, which one decides, and the room for models', async () => {
    const text = await textOf('constructed-nvidia-two-cards');
    expect(text).toContain('This machine is tier 4 (GPU · datacenter, 3.0×).');
    expect(text).toMatch(
      /GPU +NVIDIA H100 80GB HBM3, 80 GB \(85,520,809,984 bytes\), decides, driver 570\.86\.15, GPU-22222222/,
    );
    expect(text).toMatch(/NVIDIA GeForce RTX 3060, 12 GB .*, tier 2 by itself, .*GPU-11111111/);
    expect(text).toContain('for models  88.6 GB, nine tenths of the memory of the cards that count');
    expect(text).not.toContain('Environment=');
  });

  it('the line for an Ollama that is not ours, where cards are chosen', async () => {
    const uuid = 'GPU-11111111-1111-2222-3333-444444444444';
    const text = await textOf('constructed-nvidia-two-cards', [uuid]);
    expect(text).toContain('does not count: not among the chosen cards');
    expect(text).toContain(`sudo systemctl edit ollama`);
    expect(text).toContain(`\n    Environment="CUDA_VISIBLE_DEVICES=${uuid}"`);
  });

  it('why a card does not count, and the pool that it shares', async () => {
    expect(await textOf('constructed-amd-card-beside-processor')).toMatch(
      /AMD Raphael, 52 GB .* and shares 33\.6 GB with the CPU, does not count: it is a part of the CPU/,
    );
    expect(await textOf('intel-arc-a380-i915')).toContain('does not count: its memory is not known');
  });

  it('that the official client knows no Intel GPU', async () => {
    expect(await textOf('constructed-intel-arc-a770-xe')).toContain('knows no Intel GPU');
    expect(await textOf('nvidia-rtx-4080-super')).not.toContain('Intel');
  });

  it('what a container leaves of the machine', async () => {
    const text = await textOf('constructed-container-without-gpu');
    expect(text).toContain('16 logical cores; this process may use 1.5');
    expect(text).toContain('69 GB; this process may use 8.59 GB');
    expect(text).toContain('4.29 GB, half of what this process may use');
  });

  it('a card in MIG instances leaves the room for models unknown', async () => {
    expect(await textOf('constructed-nvidia-mig')).toContain('not known: Ollama uses one MIG instance');
  });

  it.each(hardwareCases.map(({ name }) => name))('no hole in the text of %s', async (name) => {
    expect(await textOf(name)).not.toMatch(/undefined|null|NaN|\[object|— *$/);
  });
});

describe('what was found, as text', () => {
  it.each(findingCodes)('%s says what to do', (code) => {
    const words = findingText({ code, tool: 'nvidia-smi', detail: 'the detail' });
    expect(words).toMatch(/scan again|Update|Restart|turn MIG off|SPX|Run the node|Select one|Check|install/);
    expect(words).toMatch(/[.0D]$/);
  });

  it.each([
    ['none', /has no driver.*Install its driver/],
    ['nouveau', /nouveau, which cannot run models.*NVIDIA’s own driver/],
    ['vfio-pci', /set aside for a virtual machine/],
    ['nvidia', /docker run --gpus all/],
    ['amdgpu', /--device \/dev\/dri/],
    ['radeon', /its driver is radeon, which cannot run models/],
  ])('a GPU whose driver is %s', (tool, words) => {
    expect(findingText({ code: 'gpu-without-driver', tool, detail: 'AMD X' })).toMatch(words);
  });
});
