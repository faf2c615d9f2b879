import { ConfigError } from './config-error.ts';
import { findNearest } from './find-nearest.ts';

const prefix = 'GRAVIX_';

/**
 * Variables that Kubernetes adds to every container for a service called `gravix`.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const serviceVariable =
  /^GRAVIX_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)\w*)?)$/;
const serviceAddress = /^(?:tcp|udp|sctp):\/\//;

/**
 * Refuses unknown variables that start with GRAVIX_, because their values would be ignored silently.
 * @throws ConfigError
 */
export function assertKnownVariables(
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!name.toUpperCase().startsWith(prefix) || known.includes(name)) continue;
    if (isOfService(name, value ?? '')) continue;
    throw new ConfigError(`The environment variable ${name} is not a setting. ${suggest(name, known)}`);
  }
}

/** `GRAVIX_PORT` alone may be a typo of PORT. */
function isOfService(name: string, value: string): boolean {
  return (
    serviceVariable.test(name) &&
    (!name.endsWith('_PORT') || name.includes('_SERVICE_') || serviceAddress.test(value))
  );
}

function suggest(name: string, known: readonly string[]): string {
  const ours = name.toUpperCase();
  const bare = ours.slice(prefix.length);
  if (known.includes(bare)) return `The setting is called ${bare}.`;
  const nearest = findNearest(ours, known);
  if (nearest === undefined) return '`gravix serve --help` lists all settings.';
  return `Did you mean ${nearest}?`;
}
