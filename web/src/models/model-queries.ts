import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { callApi } from '../api/client.ts';
import type { AdminModelList, CatalogueList } from '../api/model-wire.ts';
import { modelsQuery } from '../api/queries.ts';

/** How often an open page reads what runs and waits, in milliseconds. */
const refreshMs = 2000;

// Their keys begin as that of the other list of models, so that all are read again together.
export const adminModelsQuery = queryOptions({
  queryKey: [...modelsQuery.queryKey, 'admin'],
  refetchInterval: refreshMs,
  queryFn: ({ signal }) => callApi<AdminModelList>('/v1/admin/models', { signal }),
});

export const catalogueQuery = queryOptions({
  queryKey: [...modelsQuery.queryKey, 'catalogue'],
  queryFn: async ({ signal }) =>
    (await callApi<CatalogueList>('/v1/admin/models/catalogue', { signal })).data,
});

export type ModelAction = 'load' | 'unload' | 'pin' | 'unpin' | 'remove';

/** Does something with a model, and reads the models again. */
export function useModelAction(model: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (action: ModelAction) => callAction(model, action),
    onSettled: () => queries.invalidateQueries({ queryKey: modelsQuery.queryKey }),
  });
}

function callAction(model: string, action: ModelAction): Promise<unknown> {
  switch (action) {
    case 'load':
    case 'unload':
      return callApi(`/v1/models/${action}`, { method: 'POST', body: { model } });
    case 'pin':
    case 'unpin':
      return callApi(`/v1/admin/models/${action}`, { method: 'POST', body: { model } });
    case 'remove':
      return callApi(`/v1/models/${encodeURIComponent(model)}`, { method: 'DELETE' });
  }
}
