#!/usr/bin/env node
/*
 * electron-builder calls this as fpm ($CUSTOM_FPM_PATH), to make a deb or rpm of the app's folder. nfpm makes it, as
 * it makes the packages of the command line.
 */
import { join } from 'node:path';
import { root } from '../places.ts';
import { makeSystemPackageOfApp, readFpmArguments } from './system-package.ts';

const parts = join(root, process.env.PARALLELIX_PARTS ?? '');
makeSystemPackageOfApp(readFpmArguments(process.argv.slice(2), parts));
