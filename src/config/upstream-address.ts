import { z } from 'zod';
import { createAddressRules } from '../upstream-rules/refused-addresses.ts';

/** The fault of the URL of an upstream, worded to follow its path. Undefined: none. Never quotes the URL. */
function findAddressFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:\/\//i.test(text)) {
    return 'must be a URL that starts with http:// or https://';
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not contain a user name or password; use apiKeyEnv or apiKeyFile';
  }
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) {
    return 'must not contain a query or a fragment';
  }
  if (createAddressRules().isRefusedHost(url)) {
    return 'must not be a link-local address or the metadata service of a cloud';
  }
  return undefined;
}

/** Maximum characters of a URL. */
const urlCharactersMax = 2048;

/** The URL of an upstream. */
export const upstreamUrl = z
  .string()
  .max(urlCharactersMax)
  .superRefine((text, context) => {
    const message = findAddressFault(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
