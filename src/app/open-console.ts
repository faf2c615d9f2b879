import { fileURLToPath } from 'node:url';
import type { Config } from '../config/config.ts';
import type { Console } from '../http/console/console.ts';
import { type ConsoleBuild, readConsoleBuild } from '../http/console/console-build.ts';
import { createSignInLinks } from '../service/console/sign-in-links.ts';
import type { KeyService } from '../service/keys/keys.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface ConsoleParts {
  readonly keys: KeyService;
  readonly findLocalKey: (config: Config) => Promise<string | undefined>;
  readonly logger: Logger;
}

export interface OpenedConsole {
  /** Undefined if web/ was not built. */
  readonly build: ConsoleBuild | undefined;
  /** Undefined if it is switched off, or was not built. */
  readonly console: Console | undefined;
}

export async function openConsole(
  config: Config,
  { keys, findLocalKey, logger }: ConsoleParts,
): Promise<OpenedConsole> {
  const build = await readConsoleBuild(fileURLToPath(toConsoleFolder(import.meta.url)));
  if (build === undefined) {
    logger.warn('the console was not built, and pages have no styles; build both with npm run build');
  }
  if (build === undefined || !config.console) return { build, console: undefined };
  const readKey = async () => {
    const key = await findLocalKey(config);
    return key !== undefined && (await keys.verify(key)) !== undefined ? key : undefined;
  };
  const links = createSignInLinks({ readKey, now: () => performance.now() });
  return { build, console: { files: build.files, links } };
}

/** A link that signs in to the console at this URL, once. */
export function createSignInUrl(console: Console | undefined, url: string): string | undefined {
  return console === undefined ? undefined : `${url}/#link=${console.links.create()}`;
}

/** The build is in dist/console, also for a server that runs from its sources. */
export function toConsoleFolder(moduleUrl: string): URL {
  return new URL(moduleUrl.endsWith('.ts') ? '../../dist/console' : '../console', moduleUrl);
}
