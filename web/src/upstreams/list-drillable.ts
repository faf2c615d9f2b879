import type { UpstreamList } from '../api/upstreams-query.ts';

/** A deployment of an upstream; the embedded engine has no drill. */
export interface Drillable {
  readonly id: string;
  readonly model: string;
  readonly deployment: string;
}

/** Each deployment once, however many servers it has. */
export function listDrillable({ data: upstreams, places }: UpstreamList): readonly Drillable[] {
  const found = new Map<string, Drillable>();
  for (const { model, deployment } of places) {
    if (!upstreams.some(({ name }) => deployment.startsWith(`${name}/`))) continue;
    const id = JSON.stringify([model, deployment]);
    found.set(id, { id, model, deployment });
  }
  return [...found.values()];
}
