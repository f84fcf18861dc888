#!/usr/bin/env node
/*
 * electron-builder calls this as fpm ($CUSTOM_FPM_PATH), to make a deb or rpm of the app's folder. nfpm makes it, as
 * it makes the packages of the command line; what both need beside the folder is added here.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nfpmProgram } from '../nfpm.ts';
import { runTool } from '../tools.ts';
import { readFpmArguments, systemPackageOfApp } from './system-package.ts';

const request = readFpmArguments(process.argv.slice(2));
const work = mkdtempSync(join(tmpdir(), 'plx-fpm-'));
try {
  const config = join(work, 'nfpm.json');
  writeFileSync(config, JSON.stringify(systemPackageOfApp(request, work), null, 2));
  const target = ['--packager', request.format, '--target', request.file];
  runTool(nfpmProgram(), ['package', '--config', config, ...target]);
} finally {
  rmSync(work, { recursive: true, force: true });
}
