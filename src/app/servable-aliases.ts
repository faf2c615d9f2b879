import type { Config } from '../config/config.ts';
import { assertAliases, type RoutedModelSource } from '../gateway/router.ts';
import { listConfiguredModels } from './upstreams/list-configured-models.ts';

/**
 * An alias must not hide a model, and stands for one that is served. Where upstreams are asked for their models, it may
 * stand for one that is not known yet.
 *
 * @throws AliasError
 */
export function assertServableAliases(
  { aliases, models, upstreams }: Pick<Config, 'aliases' | 'models' | 'upstreams'>,
  installed: RoutedModelSource,
  discovered: RoutedModelSource,
): void {
  const all = [...listConfiguredModels({ models }), ...installed.current(), ...discovered.current()];
  const served = [...new Set(all.map(({ name }) => name))];
  const mayFollow = Object.values(upstreams).some(({ discover }) => discover);
  const targets = mayFollow ? Object.values(aliases) : [];
  assertAliases(aliases, [...served, ...targets.filter((target) => !Object.hasOwn(aliases, target))]);
}
