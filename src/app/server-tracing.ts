import type { Config } from '../config/config.ts';
import { startTracing } from '../tracing/start-tracing.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { readVersion } from './version.ts';

/** Undefined: there is no collector, and nothing of it is loaded. */
export async function startServerTracing({
  otlpEndpoint,
  otlpServiceName,
}: Pick<Config, 'otlpEndpoint' | 'otlpServiceName'>): Promise<Tracing | undefined> {
  if (otlpEndpoint === undefined) return undefined;
  return await startTracing({ endpoint: otlpEndpoint, serviceName: otlpServiceName, version: readVersion() });
}
