import { ConfigError } from './config-error.ts';

const prefix = 'GRAVIX_';

/* * Variables that Kubernetes adds to every container for a service called `gravix`.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const serviceVariable =
  /^GRAVIX_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)\w*)?)$/;
const serviceAddress = /^(?:tcp|udp|sctp):\/\//;

/** Maximum edit distance at which an unknown name counts as a typo. */
const slipsMax = 3;

/* * Refuses unknown variables that start with GRAVIX_, because their values would be ignored silently.
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
  const [nearest] = known
    .map((candidate) => ({ candidate, slips: countSlips(ours, candidate) }))
    .sort((first, second) => first.slips - second.slips);
  if (nearest === undefined || nearest.slips > slipsMax) return '`gravix serve --help` lists all settings.';
  return `Did you mean ${nearest.candidate}?`;
}

/** Levenshtein distance. */
function countSlips(first: string, second: string): number {
  let row = Array.from({ length: second.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...first].entries()) {
    const next = [index + 1];
    for (const [place, other] of [...second].entries()) {
      const replaced = (row[place] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[place + 1] ?? 0) + 1, (next[place] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
