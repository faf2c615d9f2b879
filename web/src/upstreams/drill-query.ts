import { useMutation, useQueryClient } from '@tanstack/react-query';
import { callApi } from '../api/client.ts';
import { upstreamsQuery } from '../api/upstreams-query.ts';
import type { Drillable } from './list-drillable.ts';

export interface DrillTrial {
  readonly held: boolean;
  readonly outcome: string;
  readonly problems: readonly string[];
}

export interface DrillFault {
  readonly fault: string;
  readonly streamed: DrillTrial;
  readonly plain: DrillTrial | null;
}

export interface Drill {
  readonly deployment: string;
  readonly held: number;
  readonly broken: number;
  readonly faults: readonly DrillFault[];
}

export function useDrill() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ deployment, model }: Drillable) =>
      callApi<Drill>('/v1/admin/upstreams/drill', { method: 'POST', body: { deployment, model } }),
    onSettled: () => queries.invalidateQueries({ queryKey: upstreamsQuery.queryKey }),
  });
}
