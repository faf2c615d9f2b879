import { fileURLToPath } from 'node:url';
import type { Config } from '../config/config.ts';
import type { Console } from '../http/console/console.ts';
import { readConsoleFiles } from '../http/console/console-files.ts';
import { createSignInLinks } from '../service/console/sign-in-links.ts';
import type { KeyService } from '../service/keys/keys.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface ConsoleParts {
  readonly keys: KeyService;
  readonly findLocalKey: (config: Config) => Promise<string | undefined>;
  readonly logger: Logger;
}

/** Undefined if the console is switched off, or was not built. */
export async function openConsole(
  config: Config,
  { keys, findLocalKey, logger }: ConsoleParts,
): Promise<Console | undefined> {
  if (!config.console) return undefined;
  const files = await readConsoleFiles(fileURLToPath(toConsoleFolder(import.meta.url)));
  if (files === undefined) {
    logger.warn('the console was not built, so / is a page of links; build it with npm run build');
    return undefined;
  }
  const readKey = async () => {
    const key = await findLocalKey(config);
    return key !== undefined && (await keys.verify(key)) !== undefined ? key : undefined;
  };
  return { files, links: createSignInLinks({ readKey, now: () => performance.now() }) };
}

/** A link that signs in to the console at this URL, once. */
export function createSignInUrl(console: Console | undefined, url: string): string | undefined {
  return console === undefined ? undefined : `${url}/#link=${console.links.create()}`;
}

/** The build is in dist/console, also for a server that runs from its sources. */
export function toConsoleFolder(moduleUrl: string): URL {
  return new URL(moduleUrl.endsWith('.ts') ? '../../dist/console' : '../console', moduleUrl);
}
