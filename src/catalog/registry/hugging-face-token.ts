import type { Authorize } from '../download/http-request.ts';
import { SourceError } from '../pull-error.ts';

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Sends the token to the endpoint only. Called for each URL, including redirect targets.
 * @throws SourceError if the endpoint's URL is not secure
 */
export function createHuggingFaceAuthorize(token: string | undefined, endpoint: string): Authorize {
  const { origin, protocol, hostname } = new URL(endpoint);
  return (url) => {
    if (token === undefined || url.origin !== origin) return undefined;
    if (protocol === 'https:' || loopbackHosts.has(hostname)) return `Bearer ${token}`;
    throw new SourceError(
      'the token of HF_TOKEN is not sent to an address that begins with http://',
      'account',
    );
  };
}
