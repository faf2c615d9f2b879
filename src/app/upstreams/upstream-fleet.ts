import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../../config/config.ts';
import type { UpstreamSettings } from '../../config/upstream-settings.ts';
import { type FleetUpstream, openUpstream, type UpstreamListeners } from './open-upstream.ts';

/** The remote servers of the configuration. */
export interface UpstreamFleet {
  /**
   * Opens what is new and keeps what did not change, with its connections. What is no longer wanted is closed when its
   * last request has ended.
   *
   * @throws {RefusedAddressError} for an address that no upstream may have; then nothing changes
   */
  apply(config: FleetConfig): void;
  /** The same object until the upstream changes. Undefined: none has the name. */
  find(upstreamName: string): FleetUpstream | undefined;
  list(): readonly ListedUpstream[];
  close(): Promise<void>;
}

export type FleetConfig = Pick<Config, 'upstreams' | 'upstreamKeys' | 'requestMsMax'>;

export interface ListedUpstream {
  readonly name: string;
  readonly settings: UpstreamSettings;
  readonly upstream: FleetUpstream;
}

interface Member {
  readonly settings: UpstreamSettings;
  readonly key: string | undefined;
  readonly upstream: FleetUpstream;
}

export function createUpstreamFleet(listeners: UpstreamListeners): UpstreamFleet {
  let members = new Map<string, Member>();
  const retiring = new Set<FleetUpstream>();
  const retire = async ({ upstream }: Member, requestMsMax: number) => {
    retiring.add(upstream);
    // No request is older than this.
    await upstream.closeDeployments(requestMsMax);
    retiring.delete(upstream);
    await upstream.close();
  };
  return {
    apply: ({ upstreams, upstreamKeys, requestMsMax }) => {
      const next = openMembers({ upstreams, upstreamKeys }, members, listeners);
      const dropped = [...members].filter(([name, { upstream }]) => next.get(name)?.upstream !== upstream);
      members = next;
      for (const [, member] of dropped) void retire(member, requestMsMax);
    },
    find: (name) => members.get(name)?.upstream,
    list: () => [...members].map(([name, { settings, upstream }]) => ({ name, settings, upstream })),
    close: async () => {
      const open = [...[...members.values()].map(({ upstream }) => upstream), ...retiring];
      members = new Map();
      await Promise.all(open.map((upstream) => upstream.close()));
    },
  };
}

/** All of them or none. */
function openMembers(
  { upstreams, upstreamKeys }: Pick<FleetConfig, 'upstreams' | 'upstreamKeys'>,
  members: ReadonlyMap<string, Member>,
  listeners: UpstreamListeners,
): Map<string, Member> {
  const next = new Map<string, Member>();
  const opened: FleetUpstream[] = [];
  try {
    for (const [name, settings] of Object.entries(upstreams)) {
      const key = upstreamKeys.get(name);
      const known = members.get(name);
      const isSame = known !== undefined && known.key === key && isSameServer(known.settings, settings);
      const upstream = isSame ? known.upstream : openUpstream(name, settings, key, listeners);
      if (!isSame) opened.push(upstream);
      next.set(name, { settings, key, upstream });
    }
    return next;
  } catch (error) {
    for (const upstream of opened) void upstream.close();
    throw error;
  }
}

/** Whether the connections can stay: time-outs and the like belong to deployments. */
function isSameServer(one: UpstreamSettings, other: UpstreamSettings): boolean {
  return isDeepStrictEqual(toServerSettings(one), toServerSettings(other));
}

function toServerSettings(settings: UpstreamSettings) {
  const { kind, baseUrl, addresses, dns, mode, probeMs, projectHeader } = settings;
  return { kind, baseUrl, addresses, dns, mode, probeMs, projectHeader };
}
