import { openFamiliesMax } from './models-page.ts';

/**
 * Runs in the browser. Filters while the user types, in the same way as the server, keeps the filter in the
 * URL, and adds a copy button to each sample.
 */
export const modelsScript = `'use strict';

const form = document.querySelector('#filter');
const entries = [...document.querySelectorAll('[data-kind]')];
const families = [...document.querySelectorAll('.family')];
const countIn = (root, kind) => root.querySelectorAll('[data-kind="' + kind + '"]:not([hidden])').length;

function applyFilter() {
  const { q, capability, show } = Object.fromEntries(new FormData(form));
  const words = q.toLowerCase().split(/\\s+/);
  const isFiltered = q.trim() !== '' || capability !== '' || show !== '';
  for (const entry of entries) {
    const { kind, text, capabilities } = entry.dataset;
    entry.hidden = !(
      (show === '' || show === kind) &&
      (capability === '' || capabilities.split(' ').includes(capability)) &&
      words.every((word) => text.includes(word))
    );
  }
  for (const family of families) {
    const count = countIn(family, 'pullable');
    family.hidden = count === 0;
    family.querySelector('[data-count]').textContent = count;
  }
  const shown = families.filter((family) => !family.hidden);
  for (const family of shown) family.open = isFiltered && shown.length <= ${openFamiliesMax};
  for (const kind of ['served', 'pullable']) {
    const count = countIn(document, kind);
    document.querySelector('#' + kind).hidden = isFiltered && count === 0;
    document.querySelector('#result [data-count="' + kind + '"]').textContent = count;
  }
  document.querySelector('#nothing').hidden = countIn(document, 'served') + countIn(document, 'pullable') > 0;
  keepInAddress({ q: q.trim(), capability, show });
}

function keepInAddress(fields) {
  const query = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== '')).toString();
  history.replaceState(null, '', query === '' ? '/models' : '/models?' + query);
}

function addCopyButton(element) {
  const button = document.createElement('button');
  const say = (text, label) => {
    button.textContent = text;
    button.setAttribute('aria-label', label);
  };
  const source = element.textContent;
  const name = 'Copy ' + element.dataset.copy;
  say('Copy', name);
  button.type = 'button';
  button.className = 'copy';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(source);
    say('Copied', 'Copied');
    setTimeout(() => say('Copy', name), 2000);
  });
  element.after(button);
}

document.documentElement.classList.add('scripted');
// A browser that goes back fills the form as it was: the page follows.
addEventListener('pageshow', (event) => { if (event.persisted) applyFilter(); });
form.addEventListener('input', applyFilter);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  applyFilter();
});
// Only a page that came over HTTPS or from this machine may write to the clipboard.
if (navigator.clipboard !== undefined) document.querySelectorAll('[data-copy]').forEach(addCopyButton);
`;
