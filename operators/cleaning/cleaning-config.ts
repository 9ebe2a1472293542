/** `cleaning`: what is marked as no opinion of a customer, and which of it KPIs leave out. */
import type { Millis } from '../../engine/core/types.ts';
import { count, duration, names, object } from '../config/config-schema-forms.ts';
import type { ConfigPart } from '../config/config-part.ts';
import { bare } from '../events/quality/boilerplate.ts';
import type { QualityRules } from '../events/quality/quality.ts';
import { MARKS, USUALLY_LEFT_OUT, type Mark } from './marks.ts';

export interface NearDuplicatesConfig {
  /** 0: none are looked for. */
  readonly windowMs: Millis;
  /** Characters of Chinese and words of Latin letters; shorter texts are equal by chance. */
  readonly leastWords: number;
  readonly maxTexts: number;
}
export interface FloodConfig {
  /** By one customer within the time, in the long run; 0: none are looked for. */
  readonly most: number;
  readonly withinMs: Millis;
  readonly maxSenders: number;
}
export interface CleaningConfig {
  readonly leaveOut: readonly Mark[];
  readonly boilerplate: readonly string[];
  readonly leastPerAnswerMs: Millis;
  readonly nearDuplicates: NearDuplicatesConfig;
  readonly flood: FloodConfig;
}

export const CLEANING_PART: ConfigPart<CleaningConfig> = {
  fields: {
    cleaning: object('what is marked as no opinion of a customer (`enrichment.quality`)', {
      leave_out: {
        ...names(
          'marks for which KPIs leave an event out, unless they say `quality: any`',
          { enum: MARKS, type: 'string' },
          MARKS.length,
        ),
        default: USUALLY_LEFT_OUT,
      },
      boilerplate: names(
        'phrases that no customer wrote, besides those that are known: marked `boilerplate`; spaces, marks and capitals do not count',
        { type: 'string', minLength: 2, maxLength: 160 },
        1000,
      ),
      least_per_answer: duration(
        'a survey of three `answers` or more that took less for each (`duration_s`, `duration_ms`) is marked `too_fast`',
        '1s',
      ),
      near_duplicates: object(
        'texts much like one before them: of the same customer `near_duplicate`, of another `copied`',
        {
          window: duration('how far apart they may be, in event time; 0s: none are looked for', '1h'),
          least_words: count(
            'Chinese characters and Latin words of a text that is looked at; `copied`: twice as many',
            8,
            4,
            1000,
          ),
          max_texts: count('texts that are remembered in a partition, of the newest', 20_000, 100, 1_000_000),
        },
      ),
      flood: object('what one customer sends faster than people write: marked `flood`', {
        most: count('texts and answers within the time before the first is marked; 0: none is', 30, 0, 100_000),
        within: duration('the time', '1m'),
        max_senders: count('senders that are remembered in a partition, of the newest', 100_000, 100, 10_000_000),
      }),
    }),
  },
  read(root) {
    const section = root.section('cleaning');
    const near = section.section('near_duplicates');
    const flood = section.section('flood');
    const named = section.strings('leave_out');
    return {
      leaveOut: section.has('leave_out') ? MARKS.filter((mark) => named.includes(mark)) : USUALLY_LEFT_OUT,
      boilerplate: section.strings('boilerplate'),
      leastPerAnswerMs: section.durationMs('least_per_answer', 1000),
      nearDuplicates: {
        windowMs: near.durationMs('window', 3_600_000),
        leastWords: near.number('least_words', 8),
        maxTexts: near.number('max_texts', 20_000),
      },
      flood: {
        most: flood.number('most', 30),
        withinMs: flood.durationMs('within', 60_000),
        maxSenders: flood.number('max_senders', 100_000),
      },
    };
  },
};

/** What of it an event is judged by on its own. */
export function qualityRulesOf({ boilerplate, leastPerAnswerMs }: CleaningConfig): QualityRules {
  return { leastPerAnswerMs, boilerplate: new Set(boilerplate.map(bare).filter((phrase) => phrase !== '')) };
}
