import { createWordSearch } from '../ui/search-words.ts';

/** As many families are unfolded when a filter has found no more; the server does the same. */
const openFamiliesMax = 3;

type Kind = 'served' | 'pullable';

/** Filters while the user types, in the same way as the server, and keeps the filter in the address. */
export function filterModels(): void {
  const form = document.querySelector<HTMLFormElement>('#filter');
  if (form === null) return;
  const apply = () => applyFilter(new FormData(form));
  document.documentElement.classList.add('scripted');
  // A browser that goes back fills the form as it was: the page follows.
  addEventListener('pageshow', (event) => {
    if (event.persisted) apply();
  });
  form.addEventListener('input', (event) => {
    // The server sorts.
    if (event.target instanceof HTMLSelectElement && event.target.name === 'sort') form.submit();
    else apply();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    apply();
  });
}

function applyFilter(form: FormData): void {
  const read = (name: string) => String(form.get(name) ?? '');
  const [q, capability, show, sort] = ['q', 'capability', 'show', 'sort'].map(read) as [
    string,
    string,
    string,
    string,
  ];
  const hasWords = createWordSearch(q);
  const isFiltered = q.trim() !== '' || capability !== '' || show !== '';
  for (const entry of document.querySelectorAll<HTMLElement>('[data-kind]')) {
    const { kind, text = '', capabilities = '' } = entry.dataset;
    entry.hidden = !(
      (show === '' || show === kind) &&
      (capability === '' || capabilities.split(' ').includes(capability)) &&
      hasWords(text)
    );
  }
  showFamilies(isFiltered);
  showCounts(isFiltered);
  keepInAddress({ q: q.trim(), capability, show, sort });
}

function showFamilies(isFiltered: boolean): void {
  const families = [...document.querySelectorAll<HTMLDetailsElement>('.family')];
  for (const family of families) {
    const count = countIn(family, 'pullable');
    family.hidden = count === 0;
    setText(family.querySelector('[data-count]'), count);
  }
  const shown = families.filter((family) => !family.hidden);
  for (const family of shown) family.open = isFiltered && shown.length <= openFamiliesMax;
}

function showCounts(isFiltered: boolean): void {
  for (const kind of ['served', 'pullable'] as const) {
    const count = countIn(document, kind);
    setHidden(`#${kind}`, isFiltered && count === 0);
    setText(document.querySelector(`#result [data-count="${kind}"]`), count);
  }
  setHidden('#nothing', countIn(document, 'served') + countIn(document, 'pullable') > 0);
}

function countIn(root: ParentNode, kind: Kind): number {
  return root.querySelectorAll(`[data-kind="${kind}"]:not([hidden])`).length;
}

function setHidden(selector: string, isHidden: boolean): void {
  const element = document.querySelector<HTMLElement>(selector);
  if (element !== null) element.hidden = isHidden;
}

function setText(element: Element | null, count: number): void {
  if (element !== null) element.textContent = String(count);
}

function keepInAddress(fields: Readonly<Record<string, string>>): void {
  const query = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== '')).toString();
  history.replaceState(null, '', query === '' ? '/models' : `/models?${query}`);
}
