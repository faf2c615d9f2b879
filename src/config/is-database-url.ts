/**
 * Whether this is the address of a Postgres database. Where a password has a character that would have to be
 * percent-encoded, a part of it reads as a host, a port or a path: such an address is none, so that no message quotes it.
 */
export function isDatabaseUrl(text: string): boolean {
  // Without a host, as for a Unix socket, URL refuses a user.
  const spelled = text.replace('@/', '@localhost/');
  if (!/^postgres(?:ql)?:\/\//.test(spelled) || /[\s#]/.test(spelled) || !URL.canParse(spelled)) return false;
  const { pathname, search } = new URL(spelled);
  return !`${pathname}${search}`.includes('@');
}
