/** A size of a file for people. @param bytes in bytes @param language as in `lang` of the page */
export function bytesText(bytes: number, language: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const power = Math.min(units.length - 1, bytes < 1_000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 && power > 0 ? 1 : 0,
  }).format(value);
}

const steps = [
  ['minute', 60_000, 3_600_000],
  ['hour', 3_600_000, 86_400_000],
  ['day', 86_400_000, 7 * 86_400_000],
] as const;

/**
 * How long ago if within the last week, otherwise the day; undefined within the last minute.
 * @param time in ms since 1970
 * @param now in ms since 1970
 */
export function timeText(time: number, now: number, language: string): string | undefined {
  const ago = Math.max(0, now - time);
  if (ago < 60_000) return undefined;
  const step = steps.find(([, , end]) => ago < end);
  if (!step) return dayFormat(language).format(time);
  const [unit, length] = step;
  return relativeFormat(language).format(-Math.floor(ago / length), unit);
}

/** Day and time. @param time in ms since 1970 */
export function fullTimeText(time: number, language: string): string {
  return fullFormat(language).format(time);
}

const relativeFormat = once(
  language => new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' }),
);
const dayFormat = once(language => new Intl.DateTimeFormat(language, { dateStyle: 'medium' }));
const fullFormat = once(
  language => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }),
);

/** A formatter takes 20 ms to create, and each header needs one while scrolling. */
function once<T>(make: (language: string) => T): (language: string) => T {
  let made: { language: string; format: T } | undefined;
  return language => {
    if (made?.language !== language) made = { language, format: make(language) };
    return made.format;
  };
}
