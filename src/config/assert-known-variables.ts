import { ConfigError } from './config-error.ts';

const prefix = 'GRAVIX_';

/**
 * What Kubernetes adds to the environment of every container for a service that is called `gravix`.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const serviceVariable =
  /^GRAVIX_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)\w*)?)$/;
const serviceAddress = /^(?:tcp|udp|sctp):\/\//;

/** Changes to a name, letter by letter, that still look like a slip. */
const slipsMax = 3;

/**
 * A name that begins with GRAVIX_ and is none of ours is a slip, and its value would be ignored in silence.
 * @throws ConfigError
 */
export function assertKnownVariables(
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!name.toUpperCase().startsWith(prefix) || known.includes(name)) continue;
    if (isOfService(name, value ?? '')) continue;
    throw new ConfigError(`The environment has ${name}, which is no setting${suggest(name, known)}.`);
  }
}

/** `GRAVIX_PORT` alone may be a slip for PORT. */
function isOfService(name: string, value: string): boolean {
  return (
    serviceVariable.test(name) &&
    (!name.endsWith('_PORT') || name.includes('_SERVICE_') || serviceAddress.test(value))
  );
}

function suggest(name: string, known: readonly string[]): string {
  const ours = name.toUpperCase();
  const bare = ours.slice(prefix.length);
  if (known.includes(bare)) return `; it is called ${bare}`;
  const [nearest] = known
    .map((candidate) => ({ candidate, slips: countSlips(ours, candidate) }))
    .sort((first, second) => first.slips - second.slips);
  if (nearest === undefined || nearest.slips > slipsMax) return '; `gravix serve --help` lists all';
  return `; ${nearest.candidate} is one`;
}

/** Levenshtein's distance. */
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
