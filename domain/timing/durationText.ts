// Lengths of time as operators write them: "1 hour", "30 days", "1 hour 30 minutes". Exact seconds, no calendar (RE-04).

const SECOND_MS = 1_000;

const UNIT_SECONDS = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
} as const;

type Unit = keyof typeof UNIT_SECONDS;

export const DURATION_TEXT_ALLOWED =
  'a number and a unit: seconds, minutes, hours, days, weeks or months (30 days), such as "1 hour" or "30 days"';

const PART = /^(\d{1,9}(?:\.\d{1,6})?) ?(second|minute|hour|day|week|month)s?(?: +|$)/i;

/** Milliseconds, always whole seconds; null when the text is not a length of time. */
export function parseDurationText(text: string): number | null {
  let rest = text.trim();
  let seconds = 0;
  if (rest === '') return null;
  while (rest !== '') {
    const match = PART.exec(rest);
    const unit = unitNamed(match?.[2]);
    if (match === null || unit === null) return null;
    seconds += Number(match[1]) * UNIT_SECONDS[unit];
    rest = rest.slice(match[0].length);
  }
  const whole = Math.round(seconds);
  // 0.1 hours is 360 s though 0.1 × 3600 need not be exact in binary.
  return Math.abs(seconds - whole) < 1e-6 ? whole * SECOND_MS : null;
}

function unitNamed(text: string | undefined): Unit | null {
  const lower = text?.toLowerCase();
  for (const unit of ['second', 'minute', 'hour', 'day', 'week', 'month'] as const) {
    if (unit === lower) return unit;
  }
  return null;
}

/** The one canonical text: the largest unit up to weeks that divides the length. */
export function formatDurationText(ms: number): string {
  const seconds = Math.round(ms / SECOND_MS);
  for (const unit of ['week', 'day', 'hour', 'minute'] as const) {
    if (seconds !== 0 && seconds % UNIT_SECONDS[unit] === 0) return plural(seconds / UNIT_SECONDS[unit], unit);
  }
  return plural(seconds, 'second');
}

function plural(count: number, unit: Unit): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
