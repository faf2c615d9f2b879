const unitsMs = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** A number or text as `config.yaml` has it; the names of durations end in their unit. */
export function toSettingText(name: string, value: string | number | boolean): string {
  const isDuration = /Ms(Min|Max|Target)?$/.test(name) && typeof value === 'number' && value > 0;
  return isDuration ? toDuration(value) : String(value);
}

/** Such as `1m30s`. */
function toDuration(durationMs: number): string {
  let restMs = durationMs;
  let text = '';
  for (const [unit, unitMs] of unitsMs) {
    const count = unit === 'ms' ? restMs : Math.floor(restMs / unitMs);
    if (count > 0) text += `${count}${unit}`;
    restMs -= count * unitMs;
  }
  return text;
}
