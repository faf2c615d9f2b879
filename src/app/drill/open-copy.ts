import type { Backend } from '../../backend/backend.ts';
import type { Config } from '../../config/config.ts';
import { toTimeouts } from '../../config/timeout-settings.ts';
import { createFixedSource } from '../../gateway/router.ts';
import { createConfiguredModels } from '../upstreams/configured-models.ts';
import { createUpstreamFleet } from '../upstreams/upstream-fleet.ts';
import type { DrillTimes } from './faults.ts';
import type { Drilled } from './find-drilled.ts';

/** Longest times of a drill, in milliseconds. Shorter ones of the settings stay as they are. */
const drillTimesMax: DrillTimes = {
  connectMs: 1000,
  firstTokenMs: 2000,
  betweenChunksMs: 1000,
  totalMs: 4000,
  queueWaitMs: 1000,
};

/** A time that is shorter in the drill than in the settings, in milliseconds. */
export interface ShortenedTime {
  readonly name: keyof DrillTimes;
  readonly configuredMs: number;
  readonly drillMs: number;
}

/** The copy of one deployment with its backend, as the server makes it. */
export interface DrilledCopy {
  readonly backend: Backend;
  close(): Promise<void>;
}

export type DrillLimits = Pick<Config, 'queueLengthMax' | 'queueWaitMsMax' | 'requestMsMax'>;

/** What ends a request with these settings. No part of it may take longer than the whole. */
export function toConfiguredTimes({ upstream, deployment }: Drilled, limits: DrillLimits): DrillTimes {
  const timeouts = toTimeouts(upstream.timeouts, deployment.timeouts);
  const totalMs = Math.min(timeouts.totalMs, limits.requestMsMax);
  return {
    connectMs: timeouts.connectMs,
    firstTokenMs: Math.min(timeouts.firstTokenMs, totalMs),
    betweenChunksMs: Math.min(timeouts.betweenChunksMs, totalMs),
    totalMs,
    queueWaitMs: limits.queueWaitMsMax,
  };
}

export function toDrillTimes(configured: DrillTimes): DrillTimes {
  return {
    connectMs: Math.min(configured.connectMs, drillTimesMax.connectMs),
    firstTokenMs: Math.min(configured.firstTokenMs, drillTimesMax.firstTokenMs),
    betweenChunksMs: Math.min(configured.betweenChunksMs, drillTimesMax.betweenChunksMs),
    totalMs: Math.min(configured.totalMs, drillTimesMax.totalMs),
    queueWaitMs: Math.min(configured.queueWaitMs, drillTimesMax.queueWaitMs),
  };
}

export function listShortened(configured: DrillTimes): readonly ShortenedTime[] {
  const drill = toDrillTimes(configured);
  const names = ['connectMs', 'firstTokenMs', 'betweenChunksMs', 'totalMs', 'queueWaitMs'] as const;
  return names
    .filter((name) => drill[name] < configured[name])
    .map((name) => ({ name, configuredMs: configured[name], drillMs: drill[name] }));
}

/**
 * Whether plain answers are read as streams: a time to the first token that is set applies to them too. The copy keeps
 * the difference, so the drill sets this time for streams only.
 */
export function readsPlainAsStream({ upstream, deployment }: Drilled): boolean {
  return (deployment.timeouts.firstTokenMs ?? upstream.timeouts.firstTokenMs) !== undefined;
}

/**
 * The deployment alone, at another address and without a key: by the same code as in the server, from the same settings.
 * Replicas become one.
 */
export async function openCopy(
  drilled: Drilled,
  limits: DrillLimits,
  port: number,
  isStreamed: boolean,
): Promise<DrilledCopy> {
  const { upstream, upstreamName, model, deployment } = drilled;
  const { queueWaitMs, firstTokenMs, ...times } = toDrillTimes(toConfiguredTimes(drilled, limits));
  const { baseUrl, addresses: [firstAddress] = [], dns } = upstream;
  const path = new URL(baseUrl ?? firstAddress ?? dns ?? 'http://localhost/v1').pathname;
  const address = `http://127.0.0.1:${port}${path}`;
  const place =
    baseUrl === undefined
      ? { baseUrl: undefined, addresses: [address], dns: undefined }
      : { baseUrl: address, addresses: undefined, dns: undefined };
  const hasFirstTokenMs = isStreamed || readsPlainAsStream(drilled);
  const timeouts = { ...times, ...(hasFirstTokenMs ? { firstTokenMs } : {}) };
  const config = {
    queueLengthMax: limits.queueLengthMax,
    queueWaitMsMax: queueWaitMs,
    requestMsMax: limits.requestMsMax,
    upstreams: { [upstreamName]: { ...upstream, ...place, timeouts, discover: false } },
    upstreamKeys: new Map<string, string>(),
    models: [{ ...model, deployments: [{ ...deployment, timeouts }] }],
  };
  const fleet = createUpstreamFleet({ logger: { info: () => undefined, warn: () => undefined } });
  fleet.apply(config);
  const installed = createFixedSource([]);
  const models = createConfiguredModels({
    config,
    fleet,
    installed,
    startedAtSeconds: 0,
    onCloseFailure: () => undefined,
  });
  const [routed] = models.configured.current();
  if (routed === undefined) throw new Error(`${drilled.name} has no backend.`);
  await fleet.find(upstreamName)?.probed;
  return {
    backend: routed.backend,
    close: async () => {
      await models.close(0);
      await fleet.close();
    },
  };
}
