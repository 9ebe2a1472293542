/** `earshot calendar <id>`: the working hours of days as clocks count them, so that holidays and make-up days can be checked by eye. */
import { InvalidArgumentError } from 'commander';
import { EngineError } from '../../core/errors.ts';
import { must } from '../../core/must.ts';
import { didYouMean } from '../../core/text/spelling.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { dateOfDay, dayOfDate } from '../../../operators/calendars/calendar-dates.ts';
import { calendarDegradations } from '../degradations.ts';
import { openCalendars } from '../open-calendars.ts';
import type { CliCommand } from './shared/command.ts';
import { calendarDays, calendarText } from './shared/calendar-listing.ts';
import { configured } from './shared/configured.ts';
import { configOption } from './shared/option-values.ts';

interface CalendarOptions {
  readonly config?: string;
  readonly from?: number;
  readonly to?: number;
  readonly json?: boolean;
}

const SHOWN_DAYS = 14;
const MOST_DAYS = 1100;

export const command: CliCommand = {
  define: (cli) =>
    cli
      .argument('[id]', 'the calendar; left out: the only one')
      .option('--from <date>', 'the first day, as 2026-02-13 (default: today)', date)
      .option('--to <date>', 'the last day (default: two weeks)', date)
      .addOption(configOption())
      .option('--json', 'for programs: one day a line')
      .action(async (id: string | undefined, options: CalendarOptions) => {
        process.stdout.write(await listed(id, options));
      }),
};

async function listed(id: string | undefined, options: CalendarOptions): Promise<string> {
  const calendars = openCalendars((await configured(options.config)).calendars);
  const ids = [...calendars.keys()];
  const calendar = id === undefined && ids.length === 1 ? calendars.get(must(ids[0])) : calendars.get(id ?? ''); // no calendar is named so: asked for below
  if (calendar === undefined) {
    const known = ids.length === 0 ? 'the configuration has none' : `there are ${ids.join(', ')}`;
    const wrong = id === undefined ? 'which calendar?' : `there is no calendar "${id}"${didYouMean(id, ids)}:`;
    throw new EngineError('USAGE_INVALID', [`${wrong} ${known}`]);
  }
  const now = systemClock.now();
  const first = options.from ?? must(dayOfDate(localDate(now, calendar.zone)));
  const last = options.to ?? first + SHOWN_DAYS - 1;
  if (last < first || last - first >= MOST_DAYS)
    throw new EngineError('USAGE_INVALID', [
      `${dateOfDay(first)} to ${dateOfDay(last)}: expected the last day after the first, and ${MOST_DAYS} days at most`,
    ]);
  const days = calendarDays(calendar, first, last);
  if (options.json === true) return days.map((day) => `${JSON.stringify(day)}\n`).join('');
  return calendarText(calendar, days, calendarDegradations([calendar], now));
}

const localDate = (at: number, zone: string): string => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(at);

function date(text: string): number {
  const day = dayOfDate(text);
  if (day === undefined) throw new InvalidArgumentError('a date such as 2026-02-13 was expected.');
  return day;
}
