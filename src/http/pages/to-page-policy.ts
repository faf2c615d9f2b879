/** Nothing is inline and nothing is from elsewhere: https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP. */
const strictest: PageSources = {
  'default-src': "'none'",
  'script-src': undefined,
  'style-src': "'self'",
  'img-src': 'data:',
  'connect-src': undefined,
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** Sources per directive. Undefined means the sources of `default-src`. */
type PageSources = Readonly<Record<string, string | undefined>>;

/** The content security policy of a page with styles and a data icon, and with what else it needs. */
export function toPagePolicy(needed: PageSources = {}): string {
  return Object.entries({ ...strictest, ...needed })
    .flatMap(([directive, sources]) => (sources === undefined ? [] : `${directive} ${sources}`))
    .join('; ');
}
