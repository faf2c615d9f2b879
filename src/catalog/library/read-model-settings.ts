import { readFile, stat } from 'node:fs/promises';
import type { InstallFile } from './installed-model.ts';
import { type ModelParameters, parametersBytesMax, readModelParameters } from './model-parameters.ts';

/** The defaults that a model's source provides for requests. */
export interface ModelSettings {
  readonly parameters?: ModelParameters;
  /** Names of what the source sets and this server does not use. */
  readonly unusedNames?: readonly string[];
  /** The system message of a conversation that has none. */
  readonly systemText?: string;
}

/** A system message is read with every request: a longer one fills the context of most models. */
export const systemBytesMax = 32 * 1024;

/** @throws ModelCheckError if the parameters are invalid */
export async function readModelSettings(files: readonly InstallFile[]): Promise<ModelSettings> {
  const parametersFile = await readText(files, 'parameters', parametersBytesMax);
  const read = parametersFile && readModelParameters(parametersFile.text);
  const system = await readText(files, 'system', systemBytesMax);
  const unusedNames = [...(read?.unusedNames ?? []), ...(system?.isTooLong === true ? ['system'] : [])];
  return {
    ...(read === undefined ? {} : { parameters: read.parameters }),
    ...(unusedNames.length === 0 ? {} : { unusedNames }),
    ...(system === undefined || system.text === '' ? {} : { systemText: system.text }),
  };
}

/** Undefined where there is no such file. A text that is too long is not read, and is empty here. */
async function readText(
  files: readonly InstallFile[],
  role: InstallFile['role'],
  bytesMax: number,
): Promise<{ readonly text: string; readonly isTooLong: boolean } | undefined> {
  const file = files.find((each) => each.role === role);
  if (file === undefined) return undefined;
  const isTooLong = (await stat(file.path)).size > bytesMax;
  return { text: isTooLong ? '' : await readFile(file.path, 'utf8'), isTooLong };
}
