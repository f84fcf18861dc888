import { strict } from './not-implemented.ts';
import { registerSchemes } from './schemes.ts';

export const protocol = strict('protocol', { registerSchemesAsPrivileged: registerSchemes });
