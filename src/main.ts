#!/usr/bin/env node
import { runCommandLine } from './cli/run-command-line.ts';

process.exit(await runCommandLine(process.argv));
