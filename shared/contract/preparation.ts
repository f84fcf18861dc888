import * as z from 'zod';
import { hardwareSection } from './hardware.ts';
import { installSection, ollamaSection, pullsSection, selfTestsSection } from './ollama.ts';

/**
 * The machine and its Ollama before there is a key: the first two of the seven steps come before it. The same
 * sections as in a snapshot; the commands `hardware.*`, `models.*` and `ollama.*` are answered meanwhile.
 */
export const preparationSchema = z.object({
  hardware: hardwareSection,
  ollama: ollamaSection,
  pulls: pullsSection,
  install: installSection,
  selfTests: selfTestsSection,
});
export type Preparation = z.infer<typeof preparationSchema>;
