/** A browser extension's or a desktop program's pages have a scheme of their own, of which URL knows no origin. */
const ownSchemeOrigin = /^(?!https?:)[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,*]+$/;

/**
 * Whether this is an origin as browsers spell it in the header `Origin`: scheme, host, and the port where it is not the
 * scheme's own. `null`, which every sandboxed page sends, is none.
 */
export function isOrigin(text: string): boolean {
  if (ownSchemeOrigin.test(text)) return true;
  return /^https?:/.test(text) && !text.includes('*') && URL.canParse(text) && new URL(text).origin === text;
}
