/**
 * A model's text as a terminal may show it: without control characters, with which it could rename the window,
 * hide lines or answer queries in the person's name. Line ends and tabs stay.
 */
export function toTerminalText(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '');
}
