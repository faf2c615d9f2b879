/** How long a button says that it has copied, in milliseconds. */
const copiedMs = 2000;

/** A button for each block of code, and for each text that names itself in `data-copy`. */
export function addCopyButtons(): void {
  // Only a page that came over HTTPS or from this machine may write to the clipboard.
  if (navigator.clipboard === undefined) return;
  for (const element of document.querySelectorAll<HTMLElement>('.doc-code > pre, [data-copy]')) {
    element.after(createCopyButton(element));
  }
}

function createCopyButton(element: HTMLElement): HTMLButtonElement {
  const button = document.createElement('button');
  const source = element.textContent;
  const name = `Copy ${element.dataset['copy'] ?? 'the code'}`;
  const say = (text: string, label: string) => {
    button.textContent = text;
    button.setAttribute('aria-label', label);
  };
  say('Copy', name);
  button.type = 'button';
  button.className = 'copy';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(source);
    say('Copied', 'Copied');
    setTimeout(() => say('Copy', name), copiedMs);
  });
  return button;
}
