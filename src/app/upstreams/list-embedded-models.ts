import type { Config } from '../../config/config.ts';

/** The installed models that deployments name, each once. */
export function listEmbeddedModels({ models }: Pick<Config, 'models'>): readonly string[] {
  const names = models.flatMap(({ name, deployments = [] }) =>
    deployments.flatMap(({ embedded }) => (embedded === true ? name : (embedded ?? []))),
  );
  return [...new Set(names)];
}
