/** The day as it is, and one of four hours with all that is in it, for every test run. */
import type { DayPlan } from './day.ts';

const HOUR_MS = 3_600_000;

export const WHOLE_DAY: DayPlan = { seed: 20260302, events: 200_000, lastsMs: 24 * HOUR_MS, angryVoices: 1 };
export const SHORT_DAY: DayPlan = { seed: 20260302, events: 16_000, lastsMs: 4 * HOUR_MS, angryVoices: 2 };
