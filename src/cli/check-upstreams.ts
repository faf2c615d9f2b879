import { createUpstreamFleet } from '../app/upstreams/upstream-fleet.ts';
import type { Config } from '../config/config.ts';
import type { CheckFinding } from './doctor-check.ts';

/** Asks each upstream once, as the server does at its start. */
export async function checkUpstreams(config: Config): Promise<CheckFinding> {
  const names = Object.keys(config.upstreams);
  if (names.length === 0) return { status: 'ok', message: 'There are no upstreams.' };
  const failures: string[] = [];
  const fleet = createUpstreamFleet({
    logger: {
      info: () => undefined,
      warn: ({ upstream, err }) => {
        const reason = err instanceof Error ? err.message : String(err);
        // Errors of the system have no full stop, and others follow.
        failures.push(`${upstream}: ${reason.replace(/\.?$/, '.')}`);
      },
    },
  });
  try {
    fleet.apply(config);
    await Promise.all(names.map((name) => fleet.find(name)?.probed));
    if (failures.length === 0) return { status: 'ok', message: `${names.join(', ')} answered.` };
    return {
      status: 'warn',
      message: failures.join(' '),
      wayOut: 'The server starts all the same, and uses an upstream when it answers.',
    };
  } finally {
    await fleet.close();
  }
}
