import type { Command } from 'commander';
import { findDrilled } from '../app/drill/find-drilled.ts';
import { type DrillReport, runDrill, type TrialReport } from '../app/drill/run-drill.ts';
import { toDurationText } from '../service/limits/limit-error.ts';
import type { CommandContext } from './command-context.ts';
import { CommandExit } from './command-exit.ts';
import { writeJson } from './show-policy.ts';
import { toTable } from './to-table.ts';

interface DrillFlags {
  readonly model?: string;
  readonly json: boolean;
}

/** `gravix drill DEPLOYMENT`: exit code 1 if a promise was broken. */
export function registerDrillCommand(
  program: Command,
  { loadConfigWithoutKeys, output }: Pick<CommandContext, 'loadConfigWithoutKeys' | 'output'>,
  run: typeof runDrill = runDrill,
): void {
  program
    .command('drill')
    .description(
      'test how a deployment in config.yaml behaves when its upstream fails; exit code 1 if a promise is broken',
    )
    .argument('<deployment>', 'its name as in logs, such as gpu1/llama3, or a model with one deployment')
    .option('--model <name>', 'the model whose deployment it is, if several models have it')
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      '\nThe command starts a faulty upstream on loopback, and sends it requests with a copy of the settings of\nthe deployment. The real upstream gets no request, and its key is not sent.',
    )
    .action(async (wanted: string, { model, json }: DrillFlags) => {
      const config = loadConfigWithoutKeys();
      const report = await run(findDrilled(config, wanted, model), config);
      if (json) writeJson(output, report);
      else output.write(toText(report));
      if (report.brokenCount > 0) throw new CommandExit(1);
    });
}

function toText({ deployment, kind, shortened, faults, heldCount, brokenCount }: DrillReport): string {
  const times = shortened.map(
    ({ name, drillMs, configuredMs }) =>
      `${name} ${toDurationText(drillMs)} in place of ${toDurationText(configuredMs)}`,
  );
  const rows = faults.map(({ fault, streamed, plain }) => [
    fault,
    toCell(streamed),
    plain === undefined ? '' : toCell(plain),
  ]);
  const sum =
    brokenCount === 0
      ? `All ${heldCount} requests got what is promised.`
      : `${brokenCount} of ${heldCount + brokenCount} requests did not get what is promised.`;
  return [
    `Drill of ${deployment} (${kind}) at a faulty upstream on loopback.\n`,
    times.length === 0 ? '' : `Times are shorter here: ${times.join(', ')}.\n`,
    `\n${toTable(['THE UPSTREAM', 'STREAMED', 'PLAIN'], rows)}\n${sum}\n`,
  ].join('');
}

function toCell({ isHeld, outcome, problems }: TrialReport): string {
  return isHeld ? `held: ${outcome}` : `broken: ${problems.join('; ')}`;
}
