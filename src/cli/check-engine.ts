import { inspectEngine, inspectMemory } from '../app/inspect-engine.ts';
import { openModelLibrary } from '../app/open-model-library.ts';
import { findCatalogEntry } from '../catalog/catalog.ts';
import type { Config } from '../config/config.ts';
import { isServed } from './check-machine.ts';
import { type CheckFinding, toMegabytes } from './doctor-check.ts';
import { findInstalledModel } from './find-installed-model.ts';

export async function checkEngine(config: Config): Promise<CheckFinding> {
  const { release, cpuVariant, systemInfo, mathCores } = await inspectEngine(config);
  const cpu = cpuVariant === undefined ? toInstructionSets(systemInfo) : `the CPU variant ${cpuVariant}`;
  return {
    status: 'ok',
    message: `llama.cpp ${release} loads with ${cpu} and ${mathCores} cores for computation.`,
  };
}

/** `CPU : SSE3 = 1 | AVX = 0 | …` lists the compiled features; the ones at 1 are in use. */
function toInstructionSets(systemInfo: string): string {
  const names = [...systemInfo.matchAll(/(\w+) = 1\b/g)].map(([, name]) => name);
  return names.length === 0 ? 'the plain CPU code' : names.join(', ');
}

export async function checkModel(config: Config): Promise<CheckFinding> {
  const { model: name } = config;
  const library = openModelLibrary(config);
  const installed = await findInstalledModel(library, name);
  if (installed !== undefined) {
    await library.verifyModel(installed);
    return {
      status: 'ok',
      message: `${name} is installed (${toMegabytes(installed.sizeBytes)}, checksum right).`,
    };
  }
  const entry = findCatalogEntry(name);
  return entry === undefined
    ? {
        status: 'fail',
        message: `${name} is neither installed nor in the catalogue.`,
        wayOut: 'Choose another model with --model or GRAVIX_MODEL.',
      }
    : {
        status: 'warn',
        message: `${name} is not installed yet.`,
        wayOut: `\`gravix pull ${name}\` or \`gravix serve\` downloads it (${toMegabytes(entry.sizeBytes)}).`,
      };
}

export async function checkMemory(config: Config): Promise<CheckFinding> {
  const installed = await openModelLibrary(config).find(config.model);
  if (installed === undefined) {
    return { status: 'warn', message: 'The memory that the model needs is known once it is installed.' };
  }
  const need = await inspectMemory(config, installed);
  const bytes = need.modelBytes + need.contextBytes;
  const message = `${config.slots} slots of ${need.contextLength} tokens need ${toMegabytes(bytes)}, and ${toMegabytes(need.availableBytes)} are available.`;
  if (need.isEnough && need.contextLength === need.contextLengthWanted && bytes <= need.availableBytes) {
    return { status: 'ok', message };
  }
  // A running server already has its share, and the rest need not fit a second one.
  if (await isServed(config)) {
    return { status: 'warn', message: `A second server would not fit into memory: ${message}` };
  }
  return {
    status: need.isEnough ? 'warn' : 'fail',
    message:
      need.contextLength === need.contextLengthWanted
        ? message
        : `${message} ${need.contextLengthWanted} tokens would not fit.`,
    wayOut: 'Set fewer --slots or a shorter --context-length, or close other programs.',
  };
}
