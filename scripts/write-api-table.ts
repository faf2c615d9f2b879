// `npm run docs:api`: writes the pages of docs/api/ from the schemas that validate requests.
import { mkdirSync, writeFileSync } from 'node:fs';
import { apiPages, toApiPage } from './api-page.ts';
import { toErrorPage } from './error-page.ts';

const folder = new URL('../docs/api/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const page of apiPages) writeFileSync(new URL(page.file, folder), toApiPage(page));
writeFileSync(new URL('errors.md', folder), toErrorPage());
