import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AgentPackage } from './agent.ts';

const run = promisify(execFile);

/** Beside the environments of the Python clients; together about 2 GB. */
const agentsFolder = join(import.meta.dirname, '..', '..', '.cache', 'agents');

/** The largest has 250 MB of packages. */
const installMsMax = 10 * 60_000;

/** Starts on a busy machine take seconds. */
const startMsMax = 60_000;

/**
 * The path of an agent's program, installed at the first call. Throws what its installer says, or the program where it
 * does not start on this machine.
 */
export async function installAgent({ registry, name, version, program }: AgentPackage): Promise<string> {
  const folder = join(agentsFolder, `${name.replaceAll('/', '+')}-${version}`);
  const programPath = join(folder, registry === 'npm' ? join('node_modules', '.bin') : 'bin', program);
  if (!existsSync(programPath)) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    try {
      await (registry === 'npm'
        ? installNode(folder, `${name}@${version}`)
        : installPython(folder, `${name}==${version}`));
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
  await run(programPath, ['--version'], { timeout: startMsMax });
  return programPath;
}

async function installNode(folder: string, requirement: string): Promise<void> {
  const flags = [
    'install',
    '--no-audit',
    '--no-fund',
    '--fetch-retries',
    '1',
    '--prefix',
    folder,
    requirement,
  ];
  await run('npm', flags, { timeout: installMsMax, cwd: folder });
}

async function installPython(folder: string, requirement: string): Promise<void> {
  await run('python3', ['-m', 'venv', folder], { timeout: installMsMax });
  const flags = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement];
  await run(join(folder, 'bin', 'python'), flags, { timeout: installMsMax });
}
