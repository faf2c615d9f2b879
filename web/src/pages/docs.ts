import './pages.css';
import './docs.css';
import { addCopyButtons } from './add-copy-buttons.ts';
import { addThemeButton } from './add-theme-button.ts';
import { colourCode } from './colour-code.ts';
import { searchWhileTyping } from './search-while-typing.ts';
import { shareLanguage } from './share-language.ts';

addThemeButton();
addCopyButtons();
shareLanguage();
searchWhileTyping();
void colourCode();
