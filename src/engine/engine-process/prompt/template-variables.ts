import { BackendError } from '../../../backend/backend-error.ts';
import { placed } from '../../../backend/placed-text.ts';
import { hideAll } from './hide-tool-conversation.ts';
import type { ControlTextShield } from './prompt-tokens.ts';

type TemplateVariables = Readonly<Record<string, unknown>>;

/**
 * A variable that a template does not use can't change the prompt, and the client would not notice. False and
 * null are allowed, because templates treat them like absent variables.
 *
 * @throws {BackendError} `unsupported_template_variable`
 */
export function assertKnownVariables(templateText: string, variables: TemplateVariables): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === false || value === null || namesVariable(templateText, name)) continue;
    throw new BackendError(
      'unsupported_template_variable',
      placed`Unsupported parameter: the chat template of this model has no variable '${name}'. Leave it out of '${{ kind: 'template-variables' }}'.`,
    );
  }
}

/** Texts in them are a client's and never become control tokens. */
export function hideVariables(shield: ControlTextShield, variables: TemplateVariables): TemplateVariables {
  const hide = (text: string) => shield.hide(text);
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, hideAll(value, hide)]));
}

/** Names are identifiers, and need no escapes in a pattern. */
function namesVariable(templateText: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(templateText);
}
