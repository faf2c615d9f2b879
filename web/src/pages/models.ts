import './pages.css';
import './models.css';
import { addCopyButtons } from './add-copy-buttons.ts';
import { addThemeButton } from './add-theme-button.ts';
import { colourCode } from './colour-code.ts';
import { filterModels } from './filter-models.ts';

addThemeButton();
addCopyButtons();
filterModels();
void colourCode();
