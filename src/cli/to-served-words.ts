import { listConfiguredModels } from '../app/upstreams/list-configured-models.ts';
import type { Config } from '../config/config.ts';

/** Models that a line names at most. */
const namedMax = 3;

/** What the server serves, for the line at its start: the model in memory, or those of upstreams. */
export function toServedWords(
  { models, upstreams }: Pick<Config, 'models' | 'upstreams'>,
  loadedName: string | undefined,
): string {
  const configured = listConfiguredModels({ models }).map(({ name }) => name);
  const names = loadedName === undefined ? configured : [loadedName, ...configured];
  const more = names.length - namedMax;
  const parts = [
    ...names.slice(0, namedMax),
    ...(more > 0 ? [`${more} more ${more === 1 ? 'model' : 'models'}`] : []),
    ...Object.entries(upstreams)
      .filter(([, { discover }]) => discover)
      .map(([name]) => `the models of ${name}`),
  ];
  const last = parts.at(-1);
  if (last === undefined) return 'no model';
  return parts.length === 1 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
