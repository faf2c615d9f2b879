/** After the last letter, in milliseconds. */
const pauseMs = 150;

/** Shows what a search finds while somebody types, in place of the page. `/` leads to the field. */
export function searchWhileTyping(): void {
  const form = document.querySelector<HTMLFormElement>('.docs-search form');
  const field = form?.querySelector('input');
  const main = document.querySelector('main');
  if (form === null || field == null || main === null) return;
  const page = [...main.childNodes];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  const show = async () => {
    asked += 1;
    const turn = asked;
    const words = field.value.trim();
    const content = words === '' ? page : await readResults(form.action, words);
    // A later search has been answered first, or waits for its answer.
    if (turn !== asked || content === undefined) return;
    main.replaceChildren(...content);
    if (words !== '') main.scrollTo(0, 0);
  };
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void show(), pauseMs);
  });
  addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLElement && event.target.matches('input, select, textarea');
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    field.focus();
  });
}

/** The server finds; this page takes over what it shows. Undefined if it does not answer: Enter then shows why. */
async function readResults(action: string, words: string): Promise<Node[] | undefined> {
  try {
    const answer = await fetch(`${action}?${new URLSearchParams({ q: words })}`);
    if (!answer.ok) return undefined;
    const found = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
    return found === null ? undefined : [...found.childNodes].map((node) => document.importNode(node, true));
  } catch {
    return undefined;
  }
}
