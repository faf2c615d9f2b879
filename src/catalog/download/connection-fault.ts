/** What Node calls a certificate that it does not trust. https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const certificateCode =
  /^(?:UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/;

/**
 * Why a host was not reached, with its name: an address is tried through redirects, mirrors and proxies, and a person
 * has to know which of them is meant.
 * @param error what `fetch` threw: it says only "fetch failed", and its cause carries the code
 */
export function describeConnectionFault(error: unknown, host: string, proxy: string | undefined): string {
  const causes = listCauses(error);
  const code = causes.map(toCode).find((found) => found !== undefined) ?? 'unknown';
  if (proxy === undefined) return describe(code, host);
  const status = causes
    .map(({ message }) => proxyStatus.exec(message)?.[1])
    .find((found) => found !== undefined);
  const fault = status === undefined ? describe(code, proxy) : describeProxyStatus(status);
  return `${host} could not be reached through the proxy ${proxy} (${fault})`;
}

/** undici tells the proxy's answer in words only. */
const proxyStatus = /^Proxy (?:response|Authentication Required) \((\d+)\)/;

function describeProxyStatus(status: string): string {
  return status === '407'
    ? 'the proxy wants a name and a password'
    : `the proxy answered with status ${status}`;
}

/** Those of a failed `fetch` are one or two deep. */
function listCauses(error: unknown): readonly Error[] {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? [cause, ...listCauses(cause)] : [];
}

function toCode(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function describe(code: string, host: string): string {
  if (certificateCode.test(code)) {
    return `the certificate of ${host} is not trusted (${code}); NODE_EXTRA_CA_CERTS names a file with more authorities`;
  }
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name of ${host} could not be looked up`;
    case 'ECONNREFUSED':
      return `${host} refused the connection`;
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return `${host} did not answer in time`;
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return `there is no way to ${host}`;
    default:
      return `the connection to ${host} failed (${code})`;
  }
}
