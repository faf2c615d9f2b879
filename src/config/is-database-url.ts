/**
 * Whether this is the address of a Postgres database. Where a password has a character that would have to be
 * percent-encoded, a part of it reads as a host, a port or a path: such an address is none, so that no message quotes it.
 */
export function isDatabaseUrl(text: string): boolean {
  return parseDatabaseUrl(text) !== undefined;
}

/** Undefined: see `isDatabaseUrl`. A user without a host, as for a Unix socket, is at `localhost`. */
export function parseDatabaseUrl(text: string): URL | undefined {
  // Without a host, as for a Unix socket, URL refuses a user.
  const spelled = text.replace('@/', '@localhost/');
  if (!/^postgres(?:ql)?:\/\//.test(spelled) || /[\s#]/.test(spelled) || !URL.canParse(spelled))
    return undefined;
  const url = new URL(spelled);
  return `${url.pathname}${url.search}`.includes('@') ? undefined : url;
}
