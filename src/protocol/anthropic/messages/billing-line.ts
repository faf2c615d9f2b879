/**
 * Claude Code begins its system prompt with a line like this, whose hash changes with each request. It says nothing to the
 * model, and with it no two prompts begin alike, so the prompt cache would never match.
 */
const billingLine = /^\s*x-anthropic-billing-header:[^\n]*\n?/i;

/** A text of the system prompt without that line. */
export function withoutBillingLine(text: string): string {
  return text.replace(billingLine, '');
}
