/** Which database an address names, for messages: never the user, the password or a parameter but the socket's folder. */
export function toDatabasePlace(url: string): string {
  // Without a host, as for a Unix socket, URL refuses a user.
  const spelled = url.replace('@/', '@localhost/');
  if (!URL.canParse(spelled)) return 'of DATABASE_URL';
  const { hostname, port, pathname, searchParams } = new URL(spelled);
  const name = decodeURI(pathname.slice(1));
  const host = searchParams.get('host') ?? (hostname === '' ? 'localhost' : hostname);
  const isSocket = /^(?:\/|%2f)/i.test(host);
  const place = isSocket ? host : `${host}:${port === '' ? '5432' : port}`;
  return name === '' ? `at ${place}` : `${name} at ${place}`;
}
