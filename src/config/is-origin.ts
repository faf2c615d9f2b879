/**
 * Pages of browser extensions and desktop programs have a special scheme, for which URL returns no origin.
 */
const ownSchemeOrigin = /^(?!https?:)[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,*]+$/;

/**
 * Whether this is an origin as browsers spell it in the header `Origin`: scheme, host, and the port where it is not the
 * scheme's own. `null`, which every sandboxed page sends, is none.
 */
export function isOrigin(text: string): boolean {
  if (ownSchemeOrigin.test(text)) return true;
  return /^https?:/.test(text) && !text.includes('*') && URL.canParse(text) && new URL(text).origin === text;
}
