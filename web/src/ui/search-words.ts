/** Whether a text has each word of a query, in any order. Capitals don't count. Built once for many texts. */
export function createWordSearch(query: string): (text: string) => boolean {
  const words = toSearchWords(query);
  return (text) => {
    const lower = text.toLowerCase();
    return words.every((word) => lower.includes(word));
  };
}

/** The words of a query, in small letters. */
export function toSearchWords(query: string): readonly string[] {
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}
