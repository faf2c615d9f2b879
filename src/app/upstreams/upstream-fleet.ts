import { isDeepStrictEqual } from 'node:util';
import type { Backend } from '../../backend/backend.ts';
import type { Config } from '../../config/config.ts';
import type { UpstreamSettings } from '../../config/upstream-settings.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { createUpstream, type Upstream } from '../../upstream/create-upstream.ts';
import type { UpstreamDeploymentOptions, UpstreamEndpoint } from '../../upstream/upstream-options.ts';
import { retireUpstream } from './retire-upstream.ts';

/** An address of a configured upstream, and the connections to it. */
export interface FleetAddress {
  /** Unique in its upstream: the URL. */
  readonly name: string;
  readonly upstream: Upstream;
}

/** The remote servers of the configuration. */
export interface UpstreamFleet {
  /**
   * Opens what is new and keeps what did not change, with its connections. What is no longer wanted is closed when its
   * last request has ended.
   */
  apply(config: FleetConfig): void;
  /** The same array until the addresses change. Empty: no upstream has the name. */
  addressesOf(upstreamName: string): readonly FleetAddress[];
  createBackend(upstream: Upstream, options: UpstreamDeploymentOptions): Backend;
  close(): Promise<void>;
}

export type FleetConfig = Pick<Config, 'upstreams' | 'upstreamKeys' | 'requestMsMax'>;

interface Member {
  readonly settings: UpstreamSettings;
  readonly key: string | undefined;
  readonly addresses: readonly FleetAddress[];
}

export function createUpstreamFleet(logger: Pick<Logger, 'info' | 'warn'>): UpstreamFleet {
  let members = new Map<string, Member>();
  const backends = new Map<Upstream, Set<Backend>>();
  const retired = new Set<() => Promise<void>>();
  const retire = (upstream: Upstream, requestMsMax: number) => {
    retired.add(retireUpstream(upstream, backends.get(upstream) ?? new Set(), requestMsMax));
    backends.delete(upstream);
  };
  return {
    apply: ({ upstreams, upstreamKeys, requestMsMax }) => {
      const next = new Map<string, Member>();
      const dropped = new Map(members);
      for (const [name, settings] of Object.entries(upstreams)) {
        const key = upstreamKeys.get(name);
        const known = members.get(name);
        const isSame = known !== undefined && known.key === key && isSameServer(known.settings, settings);
        if (isSame) dropped.delete(name);
        const addresses = isSame ? known.addresses : openAddresses(name, settings, key, logger);
        next.set(name, { settings, key, addresses });
      }
      members = next;
      for (const { addresses } of dropped.values()) {
        for (const { upstream } of addresses) retire(upstream, requestMsMax);
      }
    },
    addressesOf: (name) => members.get(name)?.addresses ?? [],
    createBackend: (upstream, options) => {
      const backend = upstream.createBackend(options);
      const made = backends.get(upstream) ?? new Set();
      backends.set(upstream, made.add(backend));
      return backend;
    },
    close: async () => {
      const open = [...members.values()].flatMap(({ addresses }) => addresses);
      members = new Map();
      const closing = [...retired].map((close) => close());
      await Promise.all([...open.map(({ upstream }) => upstream.close()), ...closing]);
    },
  };
}

/** Whether the connections can stay: time-outs and the like belong to deployments. */
function isSameServer(one: UpstreamSettings, other: UpstreamSettings): boolean {
  return isDeepStrictEqual(toServerSettings(one), toServerSettings(other));
}

function toServerSettings(settings: UpstreamSettings) {
  const { kind, baseUrl, addresses, dns, mode, probeMs, projectHeader } = settings;
  return { kind, baseUrl, addresses, dns, mode, probeMs, projectHeader };
}

function openAddresses(
  name: string,
  settings: UpstreamSettings,
  apiKey: string | undefined,
  logger: Pick<Logger, 'info' | 'warn'>,
): readonly FleetAddress[] {
  const { kind, projectHeader, probeMs, baseUrl } = settings;
  const urls = baseUrl === undefined ? (settings.addresses ?? []) : [baseUrl];
  return [...new Set(urls)].map((url) => {
    const endpoint: UpstreamEndpoint = {
      name,
      baseUrl: new URL(url),
      kind,
      apiKey,
      mode:
        toUpstreamMode(settings) === 'replicas'
          ? 'replica'
          : settings.mode === 'router'
            ? 'router'
            : 'single',
      projectHeader,
      probeMs,
    };
    const upstream = createUpstream(endpoint, {
      onState: (state, error) => {
        if (state === 'failed') logger.warn({ upstream: name, address: url, err: error }, 'upstream-failed');
        else logger.info({ upstream: name, address: url }, `upstream-${state}`);
      },
    });
    return { name: url, upstream };
  });
}

/** How requests to it are balanced. */
export function toUpstreamMode({ mode, baseUrl }: UpstreamSettings): 'single' | 'router' | 'replicas' {
  if (baseUrl === undefined) return 'replicas';
  return mode === 'router' ? 'router' : 'single';
}
