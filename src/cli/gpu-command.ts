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
import type { CommandContext } from './command-context.ts';
import { CommandExit } from './command-exit.ts';

interface GpuFlags {
  readonly kind?: DetectedGpu['kind'];
  readonly run: boolean;
  readonly json: boolean;
}

/** `gravix gpu`: prints the command that installs the engine binary for a GPU. `--run` also runs it. */
export function registerGpuCommand(
  program: Command,
  { output, commandName }: Pick<CommandContext, 'output' | 'commandName'>,
): void {
  program
    .command('gpu')
    .description("print the command that installs the engine binary for this machine's GPU")
    .addOption(
      new Option('--kind <kind>', 'kind of binary; by default the one for the detected GPU').choices([
        'cuda',
        'vulkan',
      ]),
    )
    .option('--run', 'also run the command', false)
    .option('--json', 'print JSON', false)
    .action(async ({ kind: wanted, run, json }: GpuFlags) => {
      if (run && json) throw new Error('--run and --json exclude each other.');
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
  'No GPU was found: neither nvidia-smi nor vulkaninfo reports one. Use --kind cuda or --kind vulkan to print the command anyway.';

/** On macOS the installed binary includes Metal. Other platforms may have no GPU binary. */
function assertAddable(platform: Platform): void {
  if (findBinaryPackages(platform, 'metal') !== undefined) {
    throw new Error(
      'There is nothing to install: the binary for this Mac includes Metal. Use it with `gravix serve --gpu metal`.',
    );
  }
  if (findBinaryPackages(platform, 'vulkan') === undefined) {
    const { system, architecture } = platform;
    throw new Error(
      `There is no CUDA or Vulkan binary for ${system} ${architecture}; the engine runs on the CPU.`,
    );
  }
}

/**
 * Install into node-llama-cpp's node_modules folder, where it looks first. For the package itself, npm
 * refuses versions other than the empty ones in our `overrides` (EOVERRIDE), and would change package.json
 * and the lockfile.
 */
export function toInstallCommand({ names, version, folder }: BinaryPackages): readonly [string, ...string[]] {
  const flags = ['--no-save', '--no-package-lock', '--ignore-scripts'];
  return ['npm', 'install', '--prefix', folder, ...flags, ...names.map((name) => `${name}@${version}`)];
}

/** Quoted for the shell of this system, including folder names with spaces. */
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
  // On Windows npm is a script, and only a shell can start it.
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
