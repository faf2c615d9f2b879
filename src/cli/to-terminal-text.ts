/**
 * Removes control characters from a model's text. With them it could rename the window, hide lines, or answer
 * terminal queries as the user. Newlines and tabs stay.
 */
export function toTerminalText(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '');
}
