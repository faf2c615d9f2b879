import type { Command } from 'commander';
import { nameCommands } from '../app/command-name.ts';
import { openModelLibrary } from '../app/open-model-library.ts';
import { type ConfiguredModel, listConfiguredModels } from '../app/upstreams/list-configured-models.ts';
import type { InstalledModel } from '../catalog/library/installed-model.ts';
import { listSizedModels, type SizedModel } from '../catalog/list-sized-models.ts';
import { readModelMemoryBytes } from '../catalog/model-memory.ts';
import { checkModelLibrary } from './check-model-library.ts';
import type { CommandContext } from './command-context.ts';
import { toMegabytes } from './doctor-check.ts';
import { toTable } from './to-table.ts';

interface ModelsFlags {
  readonly available: boolean;
  readonly check: boolean;
  readonly checksums: boolean;
  readonly repair: boolean;
  readonly json: boolean;
}

/** `gravix models`: lists installed and available models, and checks the models folder. */
export function registerModelsCommand(program: Command, context: CommandContext): void {
  program
    .command('models')
    .description('list the installed models, and those of config.yaml')
    .option('--available', 'also list the models of the catalogue', false)
    .option('--check', 'check that every file exists with the right size; exit code 1 if not', false)
    .option('--checksums', 'with --check: also verify the checksum of every file', false)
    .option('--repair', 'with --check: delete files that belong to no model', false)
    .option('--json', 'print JSON', false)
    .action(async (flags: ModelsFlags) => {
      if (!flags.check && (flags.checksums || flags.repair)) {
        throw new Error('--checksums and --repair need --check.');
      }
      const config = context.loadConfigWithoutKeys();
      const library = openModelLibrary(config);
      if (flags.check) return checkModelLibrary(library, context, flags);
      const installed = await library.list();
      const available = flags.available
        ? listSizedModels(readModelMemoryBytes(config.modelMemoryBytesMax))
        : [];
      const configured = listConfiguredModels(config);
      const text = flags.json
        ? toJson(installed, configured, available, flags)
        : nameCommands(toText(installed, configured, available, flags), context.commandName);
      context.output.write(text);
    });
}

function toJson(
  installed: readonly InstalledModel[],
  configured: readonly ConfiguredModel[],
  available: readonly SizedModel[],
  flags: ModelsFlags,
): string {
  const names = new Set(installed.map(({ name }) => name));
  const models = {
    installed: installed.map(toPublicModel),
    ...(configured.length > 0 ? { configured } : {}),
    ...(flags.available
      ? { available: available.map((model) => ({ ...model, isInstalled: names.has(model.name) })) }
      : {}),
  };
  return `${JSON.stringify(models, undefined, 2)}\n`;
}

/** Without the chat template, which is long. */
function toPublicModel({ facts, files: _, ...model }: InstalledModel) {
  const { chatTemplate, ...others } = facts;
  return { ...model, facts: { ...others, hasChatTemplate: chatTemplate !== undefined } };
}

function toText(
  installed: readonly InstalledModel[],
  configured: readonly ConfiguredModel[],
  available: readonly SizedModel[],
  flags: ModelsFlags,
): string {
  const none =
    configured.length > 0
      ? 'No model is installed.\n'
      : 'No model is installed. `gravix pull` downloads the default one; `gravix models --available` lists more.\n';
  const table =
    installed.length === 0
      ? none
      : toTable(['NAME', 'SIZE', 'PARAMETERS', 'QUANTIZATION', 'CONTEXT', 'LICENSE'], installed.map(toRow));
  const remote =
    configured.length === 0
      ? ''
      : `\n${toTable(
          ['CONFIGURED', 'DEPLOYMENTS'],
          configured.map(({ name, deployments }) => [name, deployments.join(', ')]),
        )}`;
  if (!flags.available) return `${table}${remote}`;
  const names = new Set(installed.map(({ name }) => name));
  const header = ['NAME', 'SIZE', 'FITS', 'QUANTIZATION', 'CONTEXT', 'LICENSE', 'FOR', 'INSTALLED'];
  const rows = available.map((model) => [
    model.name,
    toSize(model),
    toFit(model),
    model.quantization,
    toCount(model.contextLength),
    model.license,
    model.capabilities.join(', '),
    names.has(model.name) ? 'yes' : '',
  ]);
  return `${table}${remote}\n${toTable(header, rows)}\nSizes with ~ are estimates. FITS compares the size with the memory that models may use here.\n\`gravix pull NAME\` downloads a model.\n`;
}

function toSize({ sizeBytes, isSizeEstimated }: SizedModel): string {
  return sizeBytes === undefined ? 'unknown' : `${isSizeEstimated ? '~' : ''}${toMegabytes(sizeBytes)}`;
}

function toFit({ fits }: SizedModel): string {
  if (fits === undefined) return 'unknown';
  return fits ? 'yes' : 'no';
}

function toRow({ name, sizeBytes, facts, license }: InstalledModel): readonly string[] {
  return [
    name,
    toMegabytes(sizeBytes),
    toParameterSize(facts.parameterCount),
    facts.quantization ?? 'unknown',
    toCount(facts.contextLength),
    license ?? facts.license ?? 'unknown',
  ];
}

function toCount(count: number | undefined): string {
  return count === undefined ? 'unknown' : count.toLocaleString('en-US');
}

/** Formatted as in model names: `135M`, `1.5B`. */
function toParameterSize(count: number): string {
  const [unit, divisor] = count >= 1e9 ? (['B', 1e9] as const) : (['M', 1e6] as const);
  return `${Number((count / divisor).toFixed(count >= 1e10 || unit === 'M' ? 0 : 1))}${unit}`;
}
