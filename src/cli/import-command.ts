import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { nameCommands } from '../app/command-name.ts';
import { openModelLibrary } from '../app/open-model-library.ts';
import { findHuggingFaceModels } from '../catalog/import/find-hugging-face-models.ts';
import { findOllamaModels } from '../catalog/import/find-ollama-models.ts';
import type { ImportCandidate, ImportSurvey } from '../catalog/import/import-candidate.ts';
import { importModel } from '../catalog/import/import-model.ts';
import type { ModelLibrary } from '../catalog/model-library.ts';
import type { CommandContext } from './command-context.ts';
import { CommandExit } from './command-exit.ts';
import { describeUnusedDefaults } from './describe-unused-defaults.ts';
import { toMegabytes } from './doctor-check.ts';
import { createStopSignal } from './stop-signal.ts';
import { toTable } from './to-table.ts';

interface ImportFlags {
  readonly from?: string;
  readonly all: boolean;
  readonly json: boolean;
}

/**
 * `gravix import [NAME...]`: lists the models that Ollama and Hugging Face tools downloaded, and installs
 * them without copying.
 */
export function registerImportCommand(program: Command, context: CommandContext): void {
  program
    .command('import')
    .description(
      "use models from Ollama's folder or Hugging Face's cache without copying them; lists them if no name is given",
    )
    .argument('[names...]', 'the models to import, by their names in the list')
    .option('--from <folder>', 'an Ollama models folder or a Hugging Face cache; by default the usual ones')
    .option('--all', 'import all models', false)
    .option('--json', 'print JSON', false)
    .action(async (names: string[], flags: ImportFlags) => {
      const survey = await surveyFolders(flags.from);
      if (names.length === 0 && !flags.all) {
        const list = toList(survey, flags);
        context.output.write(flags.json ? list : nameCommands(list, context.commandName));
        return;
      }
      if (flags.all && survey.candidates.length === 0) {
        context.errorOutput.write(toList(survey, { ...flags, json: false }));
        return;
      }
      const library = openModelLibrary(context.loadConfigWithoutKeys());
      await importAll(library, choose(survey, names, flags), context, flags);
    });
}

async function surveyFolders(from: string | undefined): Promise<ImportSurvey> {
  if (from !== undefined && !(await stat(from).catch(() => undefined))?.isDirectory()) {
    throw new Error(`There is no folder ${resolve(from)}.`);
  }
  const home = homedir();
  const ollama = from === undefined ? join(home, '.ollama', 'models') : resolve(from);
  const hub = from === undefined ? join(home, '.cache', 'huggingface', 'hub') : resolve(from);
  const surveys = await Promise.all([findOllamaModels(ollama), findHuggingFaceModels(hub)]);
  return {
    candidates: surveys.flatMap(({ candidates }) => candidates),
    skipped: surveys.flatMap(({ skipped }) => skipped),
  };
}

function choose(
  { candidates, skipped }: ImportSurvey,
  names: readonly string[],
  { all }: ImportFlags,
): readonly ImportCandidate[] {
  if (all) return candidates;
  return names.map((name) => {
    const candidate = candidates.find((found) => found.name === name);
    if (candidate !== undefined) return candidate;
    const reason = skipped.find((found) => found.name === name)?.reason;
    throw new Error(
      reason === undefined
        ? `There is no model ${name} to import. \`gravix import\` lists the models; --from sets another folder.`
        : `Can't import the model ${name}: ${reason}.`,
    );
  });
}

function toList({ candidates, skipped }: ImportSurvey, { json }: ImportFlags): string {
  if (json) return `${JSON.stringify({ candidates, skipped }, undefined, 2)}\n`;
  const reasons = skipped.map(({ name, reason }) => `${name} can't be imported: ${reason}.\n`).join('');
  if (candidates.length === 0) {
    return `${reasons}There is nothing to import. --from names another folder than the usual ones.\n`;
  }
  const rows = candidates.map(({ name, origin }) => [name, origin]);
  return `${toTable(['NAME', 'FROM'], rows)}${reasons}\n\`gravix import NAME\` imports one, \`gravix import --all\` all.\n`;
}

/** A failed import does not stop the others; the exit code is then 1. */
async function importAll(
  library: ModelLibrary,
  candidates: readonly ImportCandidate[],
  { output, errorOutput, commandName }: CommandContext,
  { json }: ImportFlags,
): Promise<void> {
  const stop = createStopSignal();
  let failures = 0;
  try {
    for (const candidate of candidates) {
      try {
        const installed = await importModel(library, candidate, { signal: stop.signal });
        const unused = describeUnusedDefaults(installed);
        const notes = [...candidate.notes, ...(unused === undefined ? [] : [unused])];
        for (const note of notes) errorOutput.write(`${candidate.name}: ${note}\n`);
        const { name, path, sizeBytes } = installed;
        const line = json
          ? JSON.stringify({ name, path, sizeBytes })
          : `Imported ${name} (${toMegabytes(sizeBytes)}, checksum right, nothing copied)`;
        output.write(`${line}\n`);
      } catch (error) {
        stop.signal.throwIfAborted();
        const reason = error instanceof Error ? error.message : String(error);
        errorOutput.write(nameCommands(`gravix: ${candidate.name}: ${reason}\n`, commandName));
        failures++;
      }
    }
  } finally {
    stop.close();
  }
  if (failures > 0) throw new CommandExit(1);
}
