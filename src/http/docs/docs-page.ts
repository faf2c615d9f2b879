import { toPagePolicy } from '../pages/to-page-policy.ts';

/**
 * The page of the reference. Nothing in it is inline, so that its policy needs no exception; the viewer makes the rest
 * from `/openapi.json`.
 */
export const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Gravix API reference</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/viewer.css">
<link rel="stylesheet" href="/docs/page.css">
</head>
<body>
<noscript>This page needs JavaScript. The same reference, for programs: <a href="/openapi.json">/openapi.json</a>.</noscript>
<nav aria-label="Pages"><a href="/models">Models</a> <a href="/docs" aria-current="page">API reference</a> <a href="/openapi.json">openapi.json</a></nav>
<main id="reference"></main>
<script src="/docs/viewer.js"></script>
<script src="/docs/page.js"></script>
</body>
</html>
`;

export const docsContentSecurityPolicy = toPagePolicy({
  'script-src': "'self'",
  // The viewer's stylesheet holds its icons.
  'img-src': "'self' data:",
  'connect-src': "'self'",
});

/**
 * Added to the viewer's stylesheet: the samples, no column for links (there are none), and a layout for
 * phones.
 */
export const docsStylesheet = `html, body { margin: 0; background: #fff; }
html.dark-mode, html.dark-mode body { background: #1c2022; }
nav { display: flex; gap: 20px; justify-content: end; padding: 12px 20px; font: 15px/1.5 system-ui, sans-serif; }
nav a { color: #245ea8; text-decoration: none; }
nav a:hover { text-decoration: underline; }
nav a[aria-current] { color: #5d6267; }
html.dark-mode nav a { color: #8db8f2; }
html.dark-mode nav a[aria-current] { color: #a3a9af; }
noscript { display: block; padding: 2rem; font-family: sans-serif; }
.swagger-ui .samples { padding: 0 20px 20px; }
.swagger-ui .samples h4 { margin: 0 0 8px; }
.swagger-ui .samples .bar { display: flex; flex-wrap: wrap; gap: 8px; }
.swagger-ui .samples button { padding: 6px 12px; border: 1px solid #888; border-radius: 4px; background: none; color: inherit; cursor: pointer; font: inherit; }
.swagger-ui .samples button[aria-pressed=true] { background: #3b4151; color: #fff; }
.swagger-ui .samples .copy { margin-left: auto; }
.swagger-ui .samples pre { overflow-x: auto; padding: 12px; border-radius: 4px; background: #22272e; color: #e4e6e6; font-size: 12px; line-height: 1.5; white-space: pre; }
.swagger-ui .response-col_links { display: none; }
@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 8px; }
  .swagger-ui .samples { padding: 0 8px 12px; }
  .swagger-ui .info { margin: 24px 0; }
}
`;
