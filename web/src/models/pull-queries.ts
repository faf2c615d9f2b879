import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { callApi } from '../api/client.ts';
import type { ModelPull, ModelPullList } from '../api/model-wire.ts';
import { modelsQuery } from '../api/queries.ts';
import { showToast } from '../ui/toast.tsx';

/** How often an open page asks how far the pulls are, in milliseconds. */
const refreshMs = 5000;
const refreshMsWhileRunning = 700;

/** The pulls of the server, newest first: the same in each tab, and after the page was loaded again. */
export const pullsQuery = queryOptions<readonly ModelPull[]>({
  queryKey: ['pulls'],
  refetchInterval: ({ state: known }) =>
    known.data?.some(({ state }) => state === 'running') === true ? refreshMsWhileRunning : refreshMs,
  queryFn: async ({ signal }) => (await callApi<ModelPullList>('/v1/admin/models/pulls', { signal })).data,
});

/** Resolves when the download has begun. What is wrong before that is the error. */
export function useStartPull() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (model: string) =>
      callApi<ModelPull>('/v1/admin/models/pulls', { method: 'POST', body: { model } }),
    onSuccess: async (pull) => {
      // It stands in the list at once, and so its end is noticed however soon that comes.
      await queries.cancelQueries({ queryKey: pullsQuery.queryKey });
      queries.setQueryData(pullsQuery.queryKey, (pulls = []) => [
        { ...pull, state: 'running' as const },
        ...pulls.filter((other) => toPullId(other) !== toPullId(pull)),
      ]);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: pullsQuery.queryKey }),
  });
}

export function useCancelPull() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (model: string) =>
      callApi<ModelPull>('/v1/admin/models/pulls/cancel', { method: 'POST', body: { model } }),
    onSettled: () => queries.invalidateQueries({ queryKey: pullsQuery.queryKey }),
  });
}

/** A model may be pulled again. */
export function toPullId({ model, created_at }: ModelPull): string {
  return `${created_at} ${model}`;
}

/** Says when a pull that was seen running has ended, and reads the models again. */
export function useEndsOfPulls(pulls: readonly ModelPull[]): void {
  const queries = useQueryClient();
  const running = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const before = running.current;
    const now = new Set(pulls.filter(({ state }) => state === 'running').map(toPullId));
    running.current = now;
    const ended = pulls.filter((pull, index) => {
      const id = toPullId(pull);
      const isNewest = pulls.findIndex((other) => toPullId(other) === id) === index;
      return before.has(id) && !now.has(id) && isNewest;
    });
    if (ended.length === 0) return;
    for (const { model, state } of ended) {
      if (state === 'done') showToast(`${model} is here.`);
      if (state === 'cancelled') {
        showToast(`The pull of ${model} is cancelled. What was downloaded stays for the next one.`);
      }
    }
    void queries.invalidateQueries({ queryKey: modelsQuery.queryKey });
  }, [pulls, queries]);
}
