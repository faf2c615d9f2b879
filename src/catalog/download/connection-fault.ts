/**
 * Node's error codes for untrusted certificates. https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const certificateCode =
  /^(?:UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/;

/**
 * Explains why a connection failed, with the host name: a download may involve redirects, mirrors and
 * proxies, and the user must know which one failed.
 * @param error the error of `fetch`; its message is only "fetch failed", and its cause has the code
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

/** undici reports the proxy's answer only in the text of the message. */
const proxyStatus = /^Proxy (?:response|Authentication Required) \((\d+)\)/;

function describeProxyStatus(status: string): string {
  return status === '407'
    ? 'the proxy requires a user name and a password'
    : `the proxy answered with status ${status}`;
}

/** The causes of a failed `fetch` are one or two levels deep. */
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
      return `there is no route to ${host}`;
    default:
      return `the connection to ${host} failed (${code})`;
  }
}
