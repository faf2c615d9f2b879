const storageName = 'gravix.sample-language';

/** The language that was chosen at one sample is shown at all, also on the next page. */
export function shareLanguage(): void {
  const radios = [...document.querySelectorAll<HTMLInputElement>('.samples > input')];
  const choose = (language: string | null) => {
    for (const radio of radios) if (radio.value === language) radio.checked = true;
  };
  choose(localStorage.getItem(storageName));
  for (const radio of radios) {
    radio.addEventListener('change', () => {
      // What is read stays where it is while samples above it change their height.
      const top = radio.getBoundingClientRect().top;
      localStorage.setItem(storageName, radio.value);
      choose(radio.value);
      scrollBy(0, radio.getBoundingClientRect().top - top);
    });
  }
}
