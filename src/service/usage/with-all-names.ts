import type { UsageFilter } from '../../store/usage-report-store.ts';

/** Rows have the name that was asked for. A name in a filter stands for all names of its model. */
export function withAllNames(filter: UsageFilter, aliases: Readonly<Record<string, string>>): UsageFilter {
  if (filter.model === undefined) return filter;
  const toTarget = (name: string) => (Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name);
  const targets = new Set(filter.model.map(toTarget));
  const others = Object.keys(aliases).filter((name) => targets.has(toTarget(name)));
  return { ...filter, model: [...new Set([...filter.model, ...targets, ...others])] };
}
