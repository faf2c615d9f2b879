/**
 * The content security policy of every page. Scripts and styles come from this server only and none is inline, so that
 * markup in an answer of a model can run nothing and send nothing: https://www.w3.org/TR/CSP3/
 */
export const pagePolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');
