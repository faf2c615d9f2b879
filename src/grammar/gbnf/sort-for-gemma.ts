/** As the template's `dictsort` does: by name, whatever its case. */
export function sortForGemma<Named extends { readonly name: string }>(named: readonly Named[]): Named[] {
  const key = ({ name }: Named) => name.toLowerCase();
  return [...named].sort((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));
}
