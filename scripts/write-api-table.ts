// `npm run docs:api`: writes docs/api/chat-completions.md from the schema that validates requests.
import { mkdirSync, writeFileSync } from 'node:fs';
import { toApiPage } from './api-page.ts';

const file = new URL('../docs/api/chat-completions.md', import.meta.url);
mkdirSync(new URL('.', file), { recursive: true });
writeFileSync(file, toApiPage());
