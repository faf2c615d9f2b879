import type { RoutedModel, RoutedModelSource } from './router.ts';

/** The models of several sources. Of models with one name, that of the first source. */
export function joinSources(sources: readonly RoutedModelSource[]): RoutedModelSource {
  let lists: readonly (readonly RoutedModel[])[] = [];
  let joined: readonly RoutedModel[] = [];
  return {
    current: () => {
      const current = sources.map((source) => source.current());
      // Most requests find the lists as the last one did.
      if (current.length !== lists.length || current.some((list, at) => list !== lists[at])) {
        lists = current;
        const byName = new Map<string, RoutedModel>();
        for (const model of current.flat()) if (!byName.has(model.name)) byName.set(model.name, model);
        joined = [...byName.values()];
      }
      return joined;
    },
    refresh: async () => {
      for (const source of sources) await source.refresh();
    },
  };
}
