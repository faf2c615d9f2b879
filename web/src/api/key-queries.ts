import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { callApi } from './client.ts';
import type { ApiKey, AuditEntry, CreatedKey, Project } from './key-wire.ts';
import { listQuery, useWholeList } from './list-query.ts';
import { ownKeyQuery } from './queries.ts';

export const keysQuery = listQuery<ApiKey>(['keys'], '/v1/admin/keys');

export const projectsQuery = listQuery<Project>(['projects'], '/v1/admin/projects');

/** By id. */
export function useProjectNames(): ReadonlyMap<string, string> {
  const { data } = useWholeList(projectsQuery);
  return useMemo(() => new Map((data ?? []).map(({ id, name }) => [id, name])), [data]);
}

/** @param targetId of one key or project; all changes without it */
export function auditQuery(targetId?: string) {
  const path =
    targetId === undefined ? '/v1/admin/audit' : `/v1/admin/audit?target_id=${encodeURIComponent(targetId)}`;
  return listQuery<AuditEntry>(['audit', targetId ?? 'all'], path);
}

/** Something that changes keys or projects: what is shown of them is then read again. */
function useChange<Input, Answer>(send: (input: Input) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: async () => {
      void queries.invalidateQueries({ queryKey: ownKeyQuery.queryKey });
      void queries.invalidateQueries({ queryKey: ['audit'] });
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['keys'] }),
        queries.invalidateQueries({ queryKey: ['projects'] }),
      ]);
    },
  });
}

export type Body = Readonly<Record<string, unknown>>;

export interface PolicyChange {
  readonly id: string;
  readonly body: Body;
}

const keyPath = (id: string) => `/v1/admin/keys/${encodeURIComponent(id)}`;
const projectPath = (id: string) => `/v1/admin/projects/${encodeURIComponent(id)}`;

export const useCreateKey = () =>
  useChange((body: Body) => callApi<CreatedKey>('/v1/admin/keys', { method: 'POST', body }));

export const useUpdateKey = () =>
  useChange(({ id, body }: PolicyChange) => callApi<ApiKey>(keyPath(id), { method: 'PATCH', body }));

export const useRotateKey = () =>
  useChange(({ id, body }: PolicyChange) =>
    callApi<CreatedKey>(`${keyPath(id)}/rotate`, { method: 'POST', body }),
  );

export const useDeleteKey = () =>
  useChange((id: string) => callApi<unknown>(keyPath(id), { method: 'DELETE' }));

export const useCreateProject = () =>
  useChange((body: Body) => callApi<Project>('/v1/admin/projects', { method: 'POST', body }));

export const useUpdateProject = () =>
  useChange(({ id, body }: PolicyChange) => callApi<Project>(projectPath(id), { method: 'PATCH', body }));

export const useDeleteProject = () =>
  useChange((id: string) => callApi<unknown>(projectPath(id), { method: 'DELETE' }));
