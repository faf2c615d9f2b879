// Times in the fields of forms, which have the time zone of the browser and no seconds.

/** As `<input type="datetime-local">` has it, such as `2026-11-29T12:00`. */
export function toLocalText(unixSeconds: number): string {
  const date = new Date(unixSeconds * 1000);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Null for an empty field. */
export function toUnixSeconds(text: string): number | null {
  const ms = new Date(text).getTime();
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}
