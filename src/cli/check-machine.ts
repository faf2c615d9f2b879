import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { describeListenFailure } from '../app/listen-error.ts';
import type { Config } from '../config/config.ts';
import { isJsonObject } from '../protocol/openai/shared/json-object.ts';
import { type CheckFinding, toMegabytes } from './doctor-check.ts';
import { toLocalUrl } from './to-local-url.ts';

/** The oldest supported Node version, as in package.json. */
const nodeFloor = { major: 20, minor: 19 };

export async function checkNode(version: string): Promise<CheckFinding> {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > nodeFloor.major || (major === nodeFloor.major && minor >= nodeFloor.minor);
  return isEnough
    ? { status: 'ok', message: `Node ${version}.` }
    : {
        status: 'fail',
        message: `Node ${version} is too old.`,
        wayOut: `Install Node ${nodeFloor.major}.${nodeFloor.minor} or newer.`,
      };
}

/** Below this the database may fail to write, in bytes. */
const diskBytesMin = 100_000_000;
/** Below this the next model may not fit, in bytes. */
const diskBytesAmple = 1_000_000_000;

export async function checkDisk({ home }: Pick<Config, 'home'>): Promise<CheckFinding> {
  const folder = await findExistingFolder(home);
  if (!(await isWritableFolder(folder))) {
    return {
      status: 'fail',
      message: `${folder} is not a folder that this user can write to.`,
      wayOut: 'Change its owner, or choose another data folder with GRAVIX_HOME.',
    };
  }
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const message = `${toMegabytes(freeBytes)} are free in ${home}.`;
  if (freeBytes >= diskBytesAmple) return { status: 'ok', message };
  return {
    status: freeBytes < diskBytesMin ? 'fail' : 'warn',
    message,
    wayOut: 'Free some space, or choose another data folder with GRAVIX_HOME.',
  };
}

async function isWritableFolder(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** The data folder, or its nearest existing parent before the first start creates it. */
async function findExistingFolder(folder: string): Promise<string> {
  try {
    await access(folder);
    return folder;
  } catch {
    const parent = dirname(folder);
    return parent === folder ? folder : findExistingFolder(parent);
  }
}

/** Timeout for the answer of a running server, in milliseconds. */
const healthMsMax = 2000;

/** Whether a Gravix server answers at the configured address. Answers of other programs don't count. */
export async function isServed(config: Pick<Config, 'host' | 'port'>): Promise<boolean> {
  if (config.port === 0) return false;
  try {
    const response = await fetch(`${toLocalUrl(config)}/health`, {
      signal: AbortSignal.timeout(healthMsMax),
      redirect: 'error',
    });
    const body: unknown = await response.json();
    return response.ok && isJsonObject(body) && body['status'] === 'ok';
  } catch {
    return false;
  }
}

export async function checkPort(config: Pick<Config, 'host' | 'port'>): Promise<CheckFinding> {
  const { host, port } = config;
  if (port === 0) return { status: 'ok', message: 'The server will use any free port.' };
  if (await isServed(config)) {
    return { status: 'ok', message: `A Gravix server is running at ${toLocalUrl(config)}.` };
  }
  const server = createServer();
  try {
    server.listen({ host, port });
    await once(server, 'listening');
    return { status: 'ok', message: `Port ${port} on ${host} is free.` };
  } catch (error) {
    return { status: 'fail', message: describeListenFailure(config, error) };
  } finally {
    server.close();
  }
}
