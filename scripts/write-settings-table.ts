// `npm run docs:settings`: writes docs/settings.md from the configuration's schema.
import { writeFileSync } from 'node:fs';
import { toSettingsPage } from './settings-page.ts';

writeFileSync(new URL('../docs/settings.md', import.meta.url), toSettingsPage());
