import { statSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { resolve } from 'node:path';
import { toHost } from '../upstream-rules/refused-addresses.ts';
import type { Config } from './config.ts';
import { type ConfigProblem, toConfigProblem } from './config-problem.ts';
import type { ModelSettings } from './model-settings.ts';
import { toTimeouts } from './timeout-settings.ts';
import type { UpstreamSettings } from './upstream-settings.ts';

/** What is valid and probably not meant. */
export function findConfigWarnings(config: Config, folder: string): readonly ConfigProblem[] {
  const used = new Set(
    config.models.flatMap(({ deployments = [] }) => deployments.flatMap(({ upstream }) => upstream ?? [])),
  );
  return [
    ...Object.entries(config.upstreams).flatMap(([name, upstream]) => [
      ...warnOfPlainKey(name, upstream),
      ...warnOfOpenKeyFile(name, upstream, folder),
      ...(used.has(name) || upstream.discover
        ? []
        : [toConfigProblem(['upstreams', name], 'is not used by any model, and discover is off')]),
    ]),
    ...config.models.flatMap((model, at) => warnOfModel(model, at, config)),
  ];
}

function warnOfPlainKey(name: string, upstream: UpstreamSettings): readonly ConfigProblem[] {
  const hasKey = upstream.apiKeyEnv !== undefined || upstream.apiKeyFile !== undefined;
  const urls = [upstream.baseUrl ?? [], upstream.addresses ?? [], upstream.dns ?? []].flat();
  const open = urls.find((url) => url.startsWith('http:') && !isPrivateHost(toHost(new URL(url))));
  if (!hasKey || open === undefined) return [];
  return [toConfigProblem(['upstreams', name], 'sends its key over plain HTTP to a public host; use https')];
}

function createPrivateAddresses(): BlockList {
  const addresses = new BlockList();
  addresses.addSubnet('127.0.0.0', 8);
  addresses.addSubnet('10.0.0.0', 8);
  addresses.addSubnet('172.16.0.0', 12);
  addresses.addSubnet('192.168.0.0', 16);
  addresses.addSubnet('100.64.0.0', 10);
  addresses.addAddress('::1', 'ipv6');
  addresses.addSubnet('fc00::', 7, 'ipv6');
  return addresses;
}

/** Names without a dot, and those of private networks and clusters. */
const privateName = /^[^.]+$|\.(?:local|localhost|internal|lan|svc|home\.arpa)$/;

function isPrivateHost(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return privateName.test(host);
  return createPrivateAddresses().check(host, version === 4 ? 'ipv4' : 'ipv6');
}

function warnOfOpenKeyFile(
  name: string,
  { apiKeyFile }: UpstreamSettings,
  folder: string,
): readonly ConfigProblem[] {
  if (apiKeyFile === undefined || process.platform === 'win32') return [];
  const isOpen = (statSync(resolve(folder, apiKeyFile)).mode & 0o077) !== 0;
  if (!isOpen) return [];
  return [
    toConfigProblem(
      ['upstreams', name, 'apiKeyFile'],
      'can be read by other users of this machine; chmod 600',
    ),
  ];
}

function warnOfModel(model: ModelSettings, at: number, config: Config): readonly ConfigProblem[] {
  const { deployments = [], spillOverMs } = model;
  const warnings: ConfigProblem[] = [];
  if (spillOverMs !== undefined && deployments.length < 2) {
    warnings.push(
      toConfigProblem(['models', at, 'spillOverMs'], 'has no effect: there is no second deployment'),
    );
  }
  for (const [place, { upstream, timeouts }] of deployments.entries()) {
    const shared = upstream === undefined ? undefined : config.upstreams[upstream]?.timeouts;
    if (shared === undefined) continue;
    const { firstTokenMs, betweenChunksMs, totalMs } = toTimeouts(shared, timeouts);
    const path = ['models', at, 'deployments', place, 'timeouts'];
    if (Math.min(firstTokenMs, betweenChunksMs) > totalMs) {
      warnings.push(toConfigProblem(path, 'never apply except totalMs, which is the shortest'));
    }
    if (timeouts.totalMs !== undefined && totalMs > config.requestMsMax) {
      warnings.push(
        toConfigProblem([...path, 'totalMs'], 'never applies: requestMsMax ends every request before'),
      );
    }
  }
  return warnings;
}
