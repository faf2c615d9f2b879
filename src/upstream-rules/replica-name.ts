/** The name of a listed replica, for logs and metrics. Servers may share a host. */
export function toReplicaName({ host, pathname }: URL): string {
  return `${host}${pathname.replace(/(?:\/v1)?\/*$/, '')}`;
}
