import { spawn } from 'node:child_process';
import { type Command, Option } from 'commander';
import { nameCommands } from '../app/command-name.ts';
import {
  type BinaryPackages,
  type DetectedGpu,
  detectGpu,
  findBinaryPackages,
  type Platform,
} from '../app/gpu.ts';
import { CommandExit } from './command-exit.ts';
import type { CommandSurroundings } from './command-surroundings.ts';

interface GpuFlags {
  readonly kind?: DetectedGpu['kind'];
  readonly run: boolean;
  readonly json: boolean;
}

/** `gravix gpu`: the one command that adds the engine's binary for a GPU, or with `--run` the running of it. */
export function registerGpuCommand(
  program: Command,
  { output, commandName }: Pick<CommandSurroundings, 'output' | 'commandName'>,
): void {
  program
    .command('gpu')
    .description("print the command that adds the engine's binary for this machine's GPU")
    .addOption(
      new Option('--kind <kind>', 'which one; by default that of the GPU that is found').choices([
        'cuda',
        'vulkan',
      ]),
    )
    .option('--run', 'run the command too', false)
    .option('--json', 'print JSON', false)
    .action(async ({ kind: wanted, run, json }: GpuFlags) => {
      if (run && json) throw new Error('--run and --json do not go together.');
      const platform = { system: process.platform, architecture: process.arch };
      assertAddable(platform);
      const detected = await detectGpu();
      const kind = wanted ?? detected?.kind;
      const packages = kind && findBinaryPackages(platform, kind);
      if (packages === undefined) throw new Error(noGpu);
      const command = toInstallCommand(packages);
      const { names, version, areInstalled } = packages;
      const report = {
        kind,
        detected,
        packages: names,
        version,
        areInstalled,
        command: toShellLine(command),
      };
      output.write(
        json ? `${JSON.stringify(report, undefined, 2)}\n` : nameCommands(toText(report), commandName),
      );
      if (run && !areInstalled) await runCommand(command);
    });
}

const noGpu =
  'No GPU was found: neither nvidia-smi nor vulkaninfo knows one. With --kind cuda or --kind vulkan the command is printed all the same.';

/** Metal's binary is the only one of its platform; others have none to add. */
function assertAddable(platform: Platform): void {
  if (findBinaryPackages(platform, 'metal') !== undefined) {
    throw new Error(
      'There is nothing to add: the binary for this Mac, which is installed, has Metal. `gravix serve --gpu metal` computes with it.',
    );
  }
  if (findBinaryPackages(platform, 'vulkan') === undefined) {
    const { system, architecture } = platform;
    throw new Error(
      `There is no CUDA or Vulkan binary for ${system} ${architecture}; it computes on the CPU.`,
    );
  }
}

/**
 * Into a folder of node-llama-cpp's own, where it looks first: for the package itself npm refuses other versions than the
 * empty ones that our `overrides` name (EOVERRIDE), and a change of package.json or of the lockfile would not stay local.
 */
export function toInstallCommand({ names, version, folder }: BinaryPackages): readonly [string, ...string[]] {
  const flags = ['--no-save', '--no-package-lock', '--ignore-scripts'];
  return ['npm', 'install', '--prefix', folder, ...flags, ...names.map((name) => `${name}@${version}`)];
}

/** As a shell of this system reads it; also where the folder's name has spaces. */
export function toShellLine(words: readonly string[], system: string = process.platform): string {
  const quote = (word: string) => (system === 'win32' ? `"${word}"` : `'${word.replaceAll("'", `'\\''`)}'`);
  return words
    .map((word) =>
      /^[\w@%+=:,./\\-]+$/.test(word) && (system === 'win32' || !word.includes('\\')) ? word : quote(word),
    )
    .join(' ');
}

interface GpuReport {
  readonly detected: DetectedGpu | undefined;
  readonly kind: DetectedGpu['kind'] | undefined;
  readonly areInstalled: boolean;
  readonly command: string;
}

function toText({ detected, kind, areInstalled, command }: GpuReport): string {
  const found = detected === undefined ? '' : `Found ${detected.name} (${detected.kind}).\n`;
  return areInstalled
    ? `${found}The ${kind} binary is installed; ${use(kind)}\n`
    : `${found}This adds the ${kind} binary; a new install of the packages removes it again:\n\n  ${command}\n\nThen ${use(kind)}\n`;
}

function use(kind: GpuReport['kind']): string {
  return `\`gravix serve --gpu ${kind}\` computes with it.`;
}

function runCommand([program, ...words]: readonly [string, ...string[]]): Promise<void> {
  // On Windows npm is a script, which only a shell starts.
  const child =
    process.platform === 'win32'
      ? spawn(toShellLine([program, ...words]), { stdio: 'inherit', shell: true })
      : spawn(program, words, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`npm can't be started: ${error.message}.`)));
    child.once('close', (exitCode) => {
      if (exitCode === 0) resolve();
      else reject(new CommandExit(exitCode ?? 1));
    });
  });
}
