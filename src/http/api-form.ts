/** Whose API a request speaks: its answers, errors and headers have that form. */
export type ApiForm = 'openai' | 'anthropic';

const messagesUrl = /^\/v1(?:\/inference)?\/messages(?:[/?#]|$)/;

/** Both APIs have these paths. */
const sharedUrl = /^\/v1(?:\/inference)?\/(?:models|files)(?:[/?#]|$)/;

/**
 * Known from the URL of the route and the headers, so that a failure before any route has the right form too. Anthropic's
 * clients send their version with each request.
 */
export function toApiForm(url: string, headers: Readonly<Record<string, unknown>>): ApiForm {
  if (messagesUrl.test(url)) return 'anthropic';
  return headers['anthropic-version'] !== undefined && sharedUrl.test(url) ? 'anthropic' : 'openai';
}
