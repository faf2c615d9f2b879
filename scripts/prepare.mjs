// What `npm start`, `npm test` and `npm run build` need before they can do their work: the right Node, the
// packages and the build. Only Node's own modules are used here, because this runs before anything is
// installed. With nothing to do it costs a few file reads and one hash, so that a second start stays fast.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** The oldest Node that every dependency and our own code work on. */
const nodeFloor = { major: 20, minor: 19 };

/** No install or build takes this long; a lock that is older was left by a process whose id lives on. */
const lockAgeMaxMs = 600_000;

/** Written last, so that it stands only in a folder that is whole. */
const installStamp = join(projectRoot, 'node_modules', '.gravix-install');
const buildStamp = join(projectRoot, 'dist', '.gravix-build');
const consoleStamp = join(projectRoot, 'dist', 'console', '.gravix-build');

/** A failure that the user can mend; its message is all that is shown. */
export class PreparationError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.name = 'PreparationError';
    this.exitCode = exitCode;
  }
}

/** Throws when this Node is older than the floor. */
export function assertNodeVersion(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > nodeFloor.major || (major === nodeFloor.major && minor >= nodeFloor.minor)) return;
  throw new PreparationError(
    `Gravix needs Node ${nodeFloor.major}.${nodeFloor.minor} or newer, and this is Node ${version}. ` +
      'Install a newer one from https://nodejs.org and run the command again.',
  );
}

/** Installs the packages of the lockfile when they are missing or the lockfile has changed since. */
export async function ensureInstalled() {
  const stamp = `${process.platform} ${process.arch} ${hashFiles(['package-lock.json'])}\n`;
  await once(installStamp, stamp, () => install(stamp));
  linkPrograms();
}

/**
 * Puts the programs of package.json where npx finds them. npx also links to the file of the build, from its cache, but the
 * compiler makes that anew and not executable; the shell then takes the next of this name, which is this one.
 */
function linkPrograms() {
  const { bin = {} } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  const folder = join(projectRoot, 'node_modules', '.bin');
  for (const [name, file] of Object.entries(bin)) {
    const url = JSON.stringify(`../../${file}`);
    writeProgram(join(folder, name), `#!/usr/bin/env node\nimport(${url});\n`);
    writeProgram(join(folder, `${name}.cmd`), `@node "%~dp0${name}" %*\r\n`);
  }
}

function writeProgram(file, text) {
  if (readIfThere(file) === text) return;
  mkdirSync(dirname(file), { recursive: true });
  // By a rename, so that none is seen half written where two start at once.
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, text, { mode: 0o755 });
  renameSync(fresh, file);
}

async function install(stamp) {
  console.error('Installing packages, about 15 seconds on a good line …');
  const startedAt = Date.now();
  // Install scripts stay off: no dependency needs one, because every binary is inside its npm package. Dev
  // packages are named because the build needs the compiler even where NODE_ENV is production.
  const npmArguments = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  const outcome = await runNpm([...npmArguments, '--loglevel=error']);
  if (outcome !== 0) {
    throw new PreparationError(
      `The packages could not be installed (npm ended with code ${outcome}; see its output above). ` +
        'Check that the npm registry can be reached and that the disk has 500 MB free, then run the command again.',
      outcome,
    );
  }
  writeFileSync(installStamp, stamp);
  console.error(`Packages installed in ${seconds(startedAt)} s.`);
}

/** Compiles src into dist, and web into dist/console, when one is missing or anything that goes into it has changed. */
export async function ensureBuilt() {
  await ensureServerBuilt();
  await ensureConsoleBuilt();
}

async function ensureServerBuilt() {
  const stamp = stampOfServer();
  await once(buildStamp, stamp, () => build(stamp));
}

/** Whether dist/ is what src/ compiles to. */
export function isServerBuilt() {
  return readIfThere(buildStamp) === stampOfServer();
}

function stampOfServer() {
  const sources = listSources(join(projectRoot, 'src'));
  return `${hashFiles(['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', ...sources])}\n`;
}

/** A project without web/ has no console. */
async function ensureConsoleBuilt() {
  const folder = join(projectRoot, 'web');
  if (!existsSync(folder)) return;
  const stamp = `${hashFiles(['package-lock.json', 'tsconfig.json', ...listSources(folder)])}\n`;
  await once(consoleStamp, stamp, () => buildConsole(stamp));
}

async function buildConsole(stamp) {
  console.error('Building the console …');
  const startedAt = Date.now();
  const workFolder = join(projectRoot, '.cache', 'build-console');
  rmSync(workFolder, { recursive: true, force: true });
  const freshFolder = join(workFolder, 'console');
  try {
    const vite = join(projectRoot, 'node_modules', 'vite', 'bin', 'vite.js');
    const viteArguments = [
      vite,
      'build',
      'web',
      '--outDir',
      freshFolder,
      '--emptyOutDir',
      '--logLevel',
      'warn',
    ];
    // Its output is no output of the program that we start: it goes to the error stream.
    // The tests set another NODE_ENV, with which React would be built for development.
    const env = { ...process.env, NODE_ENV: 'production' };
    const outcome = await runTool(process.execPath, viteArguments, { stdio: ['ignore', 2, 2], env });
    if (outcome !== 0) {
      throw new PreparationError(
        'The build of the console failed; see above. Mend the place, or return to a commit that builds.',
        outcome,
      );
    }
    writeFileSync(join(freshFolder, basename(consoleStamp)), stamp);
    swapIn(freshFolder, dirname(consoleStamp), join(workFolder, 'replaced'));
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
  console.error(`Console built in ${seconds(startedAt)} s.`);
}

async function build(stamp) {
  console.error('Building …');
  const startedAt = Date.now();
  // The compiler writes into a folder of its own, so that a build that is killed leaves nothing that looks
  // whole, and a file whose source is gone does not live on.
  const workFolder = join(projectRoot, '.cache', 'build');
  rmSync(workFolder, { recursive: true, force: true });
  const freshFolder = join(workFolder, 'dist');
  mkdirSync(freshFolder, { recursive: true });
  try {
    const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
    const outcome = await runTool(process.execPath, [
      compiler,
      '-p',
      'tsconfig.build.json',
      '--outDir',
      freshFolder,
    ]);
    if (outcome !== 0) {
      throw new PreparationError(
        'The build failed; the compiler names the places above. Mend them, or return to a commit that builds.',
        outcome,
      );
    }
    writeFileSync(join(freshFolder, basename(buildStamp)), stamp);
    // The console has a build of its own, which stays.
    const builtConsole = dirname(consoleStamp);
    if (existsSync(consoleStamp)) renameSync(builtConsole, join(freshFolder, basename(builtConsole)));
    swapIn(freshFolder, dirname(buildStamp), join(workFolder, 'replaced'));
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
  console.error(`Built in ${seconds(startedAt)} s.`);
}

/** Runs a script's main function; a failure that the user can mend is one sentence and an exit code. */
export async function runScript(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof PreparationError)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}

/**
 * Runs a program with our terminal and resolves to its exit code, 128 + n when signal n ended it. A signal
 * that asks us to end is passed on, so that no installer, compiler or test run is left behind, and rejects.
 */
export function runTool(command, toolArguments, options = {}) {
  const { promise, resolve, reject } = withResolvers();
  const child = spawn(command, toolArguments, { cwd: projectRoot, stdio: 'inherit', ...options });
  let interruptedBy;
  const passOn = (signal) => {
    interruptedBy = signal;
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, passOn);
  child.once('error', reject);
  child.once('close', (code, signal) => {
    for (const name of signals) process.off(name, passOn);
    if (interruptedBy !== undefined && code !== 0) {
      reject(new PreparationError('Interrupted.', 128 + constants.signals[interruptedBy]));
    } else {
      resolve(code ?? 128 + constants.signals[signal]);
    }
  });
  return promise;
}

/**
 * Does the work unless its stamp stands already; two processes that start at the same time take turns, and
 * the second finds the work done.
 */
async function once(stampFile, stamp, work) {
  if (readIfThere(stampFile) === stamp) return;
  const lock = join(projectRoot, '.cache', 'prepare.lock');
  mkdirSync(dirname(lock), { recursive: true });
  while (!takeLock(lock)) await new Promise((resolve) => setTimeout(resolve, 250));
  try {
    if (readIfThere(stampFile) !== stamp) await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The lock holds its owner's process id; one whose owner is gone, or that is too old to be true, is void. */
function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    const owner = Number(readFileSync(lock, 'utf8'));
    const isVoid = owner === process.pid || Date.now() - statSync(lock).mtimeMs > lockAgeMaxMs;
    if (!isVoid) process.kill(owner, 0);
    else rmSync(lock, { force: true });
  } catch (error) {
    // ENOENT: released just now. ESRCH: the owner was killed. EPERM: it lives, under another user.
    if (error.code === 'ESRCH') rmSync(lock, { force: true });
    else if (error.code !== 'ENOENT' && error.code !== 'EPERM') throw error;
  }
  return false;
}

/** The npm that started us, or else the first on the PATH. */
function runNpm(npmArguments) {
  const startedBy = process.env.npm_execpath;
  // Progress goes to the error stream: what a script prints as its output stays its own.
  const options = { stdio: ['ignore', 2, 2] };
  if (startedBy !== undefined && /^npm(-cli)?\.c?js$/.test(basename(startedBy))) {
    return runTool(process.execPath, [startedBy, ...npmArguments], options);
  }
  const windows = process.platform === 'win32';
  return runTool(windows ? 'npm.cmd' : 'npm', npmArguments, { ...options, shell: windows }).catch((error) => {
    throw new PreparationError(
      `npm could not be started (${error.message}). Install Node together with npm.`,
    );
  });
}

/** Puts the fresh folder in the target's place, by renames only. */
function swapIn(freshFolder, target, replacedFolder) {
  if (existsSync(target)) renameSync(target, replacedFolder);
  renameSync(freshFolder, target);
}

/** Files under the folder that the build reads, as paths from the project's root, in a fixed order. */
function listSources(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => relative(projectRoot, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** One hash over names and contents; contents rather than times, because git sets new times at a checkout. */
function hashFiles(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const content = readFileSync(join(projectRoot, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function seconds(startedAt) {
  return ((Date.now() - startedAt) / 1000).toFixed(1);
}

/** Promise.withResolvers, which Node 20 lacks. */
function withResolvers() {
  const deferred = {};
  deferred.promise = new Promise((resolve, reject) => Object.assign(deferred, { resolve, reject }));
  return deferred;
}
