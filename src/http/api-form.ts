/** Whose API a request speaks: its answers, errors and headers have that form. */
export type ApiForm = 'openai' | 'anthropic';

const messagesUrl = /^\/v1(?:\/inference)?\/messages(?:[/?#]|$)/;

/** The other resources of Anthropic's API. OpenAI's API has some of these paths, too. */
const resources = [
  ...[
    'agents',
    'complete',
    'compliance',
    'deployment_runs',
    'deployments',
    'dreams',
    'environments',
    'files',
  ],
  ...['memory_stores', 'models', 'organizations', 'sessions', 'skills', 'tunnels', 'user_profiles', 'vaults'],
];

const sharedUrl = new RegExp(`^/v1(?:/inference)?/(?:${resources.join('|')})(?:[/?#]|$)`);

/**
 * Known from the URL of the route and the headers, so that a failure before any route has the right form too. Anthropic's
 * clients send their version with each request.
 */
export function toApiForm(url: string, headers: Readonly<Record<string, unknown>>): ApiForm {
  if (messagesUrl.test(url)) return 'anthropic';
  return headers['anthropic-version'] !== undefined && sharedUrl.test(url) ? 'anthropic' : 'openai';
}
