import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const environmentsFolder = join(import.meta.dirname, '..', '.cache', 'python');

export interface PythonPackages {
  readonly requirementsPath: string;
  /** Packages that are installed without what they require. */
  readonly bare: readonly string[];
  readonly installMsMax: number;
}

/** Long enough for a slow line; the packages together are about 30 MB. */
const testPackages: PythonPackages = {
  requirementsPath: join(import.meta.dirname, 'python-requirements.txt'),
  bare: [],
  installMsMax: 300_000,
};

/**
 * The path of a Python that has these packages, by default those of python-requirements.txt, made at the first call; or undefined,
 * with the reason printed, on a machine without Python or its venv module, where the tests that need it skip.
 *
 * The folder is named by a hash of the requirements and the Python version, and is built beside and renamed:
 * test files may ask at the same time, and an environment that stands there is whole. That packages can't
 * be installed although Python is there is an error, not a reason to skip.
 */
export async function pythonEnvironment(
  systemPython = 'python3',
  packages = testPackages,
): Promise<string | undefined> {
  const version = await findPythonVersion(systemPython);
  if (version === undefined) {
    console.warn(`skipping the Python samples: ${systemPython} with its venv module is not installed here`);
    return undefined;
  }
  const requirements = await readFile(packages.requirementsPath);
  const bare = packages.bare.join();
  const key = createHash('sha256')
    .update(version)
    .update(requirements)
    .update(bare)
    .digest('hex')
    .slice(0, 12);
  const folder = join(environmentsFolder, key);
  if (!existsSync(folder)) await createEnvironment(systemPython, folder, packages);
  return join(folder, 'bin', 'python');
}

/** Debian keeps venv's installer in a package of its own, so that importing venv alone proves nothing. */
async function findPythonVersion(systemPython: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(systemPython, ['-c', 'import ensurepip, sys, venv; print(sys.version)']);
    return stdout;
  } catch {
    return undefined;
  }
}

async function createEnvironment(
  systemPython: string,
  folder: string,
  { requirementsPath, bare, installMsMax }: PythonPackages,
): Promise<void> {
  const unfinished = join(environmentsFolder, `unfinished-${randomUUID()}`);
  await mkdir(environmentsFolder, { recursive: true });
  try {
    await run(systemPython, ['-m', 'venv', unfinished], { timeout: installMsMax });
    const install = (...what: string[]) =>
      run(
        join(unfinished, 'bin', 'python'),
        ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...what],
        { timeout: installMsMax },
      );
    await install('-r', requirementsPath);
    if (bare.length > 0) await install('--no-deps', ...bare);
    await rename(unfinished, folder);
  } catch (error) {
    // Another test file may have been first; its environment is as good as ours.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
