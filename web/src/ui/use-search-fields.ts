import { useSearchParams } from 'wouter';

export interface SearchFields {
  /** The part of the address behind `?`. */
  readonly search: URLSearchParams;
  /** Sets one of its fields, or removes it, and leaves the others. */
  change(name: string, value: string | undefined): void;
}

export function useSearchFields(): SearchFields {
  const [search, setSearch] = useSearchParams();
  const change = (name: string, value: string | undefined) =>
    setSearch((before) => {
      const next = new URLSearchParams(before);
      if (value === undefined) next.delete(name);
      else next.set(name, value);
      return next;
    });
  return { search, change };
}
