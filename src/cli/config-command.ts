import { dirname } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../config/config-error.ts';
import type { ConfigProblem } from '../config/config-problem.ts';
import { findConfigWarnings } from '../config/find-config-warnings.ts';
import type { CommandContext } from './command-context.ts';
import { CommandExit } from './command-exit.ts';
import { writeJson } from './show-policy.ts';

interface CheckFlags {
  readonly file?: string;
  readonly json: boolean;
}

interface CheckFindings {
  readonly file?: string;
  readonly isValid: boolean;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
}

/** `gravix config check`: exit code 1 if the configuration has a problem; warnings don't change it. */
export function registerConfigCommand(program: Command, context: CommandContext): void {
  program
    .command('config')
    .description('check the configuration')
    .command('check')
    .description('report every problem in config.yaml and the environment; exit code 1 if there is one')
    .option('--file <path>', 'check this file in place of config.yaml in the data folder')
    .option('--json', 'print JSON', false)
    .action(({ file, json }: CheckFlags) => {
      const findings = check(context, file);
      if (json) writeJson(context.output, findings);
      else context.output.write(toText(findings));
      if (!findings.isValid) throw new CommandExit(1);
    });
}

function check({ loadConfig }: CommandContext, file: string | undefined): CheckFindings {
  try {
    const config = loadConfig({}, file);
    const { configFile } = config;
    const warnings = findConfigWarnings(config, dirname(configFile));
    return { file: configFile, isValid: true, problems: [], warnings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return {
      ...(file === undefined ? {} : { file }),
      isValid: false,
      problems: error.problems,
      warnings: [],
    };
  }
}

function toText({ file, isValid, problems, warnings }: CheckFindings): string {
  const lines = [
    ...problems.map(({ message }) => `problem  ${message}`),
    ...warnings.map(({ message }) => `warning  ${message}`),
    ...(isValid ? [`The configuration is valid: the environment and ${file}, if it exists.`] : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
