/** Takes the secret of a one-time link out of the address, where nothing keeps it. Undefined without one. */
export function takeLinkFromAddress(): string | undefined {
  const secret = /^#link=([\w-]+)$/.exec(window.location.hash)?.[1];
  if (secret === undefined) return undefined;
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
  return secret;
}
