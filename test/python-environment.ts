import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const requirementsPath = join(import.meta.dirname, 'python-requirements.txt');
const environmentsFolder = join(import.meta.dirname, '..', '.cache', 'python');

/** Long enough for a slow line; the packages together are about 30 MB. */
const installTimeoutMs = 300_000;

/**
 * The path of a Python that has the packages of python-requirements.txt, made at the first call; or undefined,
 * with the reason printed, on a machine without Python or its venv module, where the tests that need it skip.
 *
 * The folder is named by a hash of the requirements and the Python version, and is built beside and renamed:
 * test files may ask at the same time, and an environment that stands there is whole. That packages can't
 * be installed although Python is there is an error, not a reason to skip.
 */
export async function pythonEnvironment(systemPython = 'python3'): Promise<string | undefined> {
  const version = await findPythonVersion(systemPython);
  if (version === undefined) {
    console.warn(`skipping the Python samples: ${systemPython} with its venv module is not installed here`);
    return undefined;
  }
  const requirements = await readFile(requirementsPath);
  const key = createHash('sha256').update(version).update(requirements).digest('hex').slice(0, 12);
  const folder = join(environmentsFolder, key);
  if (!existsSync(folder)) await createEnvironment(systemPython, folder);
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

async function createEnvironment(systemPython: string, folder: string): Promise<void> {
  const unfinished = join(environmentsFolder, `unfinished-${randomUUID()}`);
  await mkdir(environmentsFolder, { recursive: true });
  try {
    await run(systemPython, ['-m', 'venv', unfinished], { timeout: installTimeoutMs });
    const install = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '-r',
      requirementsPath,
    ];
    await run(join(unfinished, 'bin', 'python'), install, { timeout: installTimeoutMs });
    await rename(unfinished, folder);
  } catch (error) {
    // Another test file may have been first; its environment is as good as ours.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
