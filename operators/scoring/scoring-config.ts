/** `scoring`: which models score texts, and how. */
import type { Millis } from '../../engine/core/types.ts';
import { bytes, count, duration, number, object, path } from '../config/config-schema-forms.ts';
import type { Section } from '../config/config-values.ts';
import type { ConfigPart } from '../config/config-part.ts';

const MIB = 1024 ** 2;

export const SERVED_LANGUAGES = ['zh', 'en', 'other'] as const;
export type ServedLanguage = (typeof SERVED_LANGUAGES)[number];

export interface ScoringConfig {
  /** Model folder; null: no scoring, every text is `skipped`. */
  readonly sentiment: string | null;
  /** Model folder; null: no issue types. */
  readonly issues: string | null;
  /** Languages whose texts are scored; those of others are `skipped`. */
  readonly languages: readonly ServedLanguage[];
  /** Who looks after an issue type: label → owner. */
  readonly owners: Readonly<Record<string, string>>;
  /** Largest .onnx file that is loaded. */
  readonly maxModelBytes: number;
  /** A second sentiment model that scores a share of the texts for comparison alone. */
  readonly shadow: { readonly model: string; readonly share: number; readonly queueTexts: number } | null;
  readonly workers: number;
  readonly batchTexts: number;
  readonly batchDeadlineMs: Millis;
  readonly queueTexts: number;
}

export const SCORING_PART: ConfigPart<ScoringConfig> = {
  fields: {
    scoring: object('sentiment and issue types', {
      sentiment: { ...path('model folder; null: no scoring'), default: 'models/sentiment' },
      issues: { ...path('model folder of issue types; null: none'), default: 'models/issues' },
      languages: {
        type: 'array',
        description:
          'whose texts are scored; those of others are `skipped`. The bundled models read Chinese and English; `other` is for a model of your own that reads more',
        default: ['zh', 'en'],
        minItems: 1,
        maxItems: 3,
        uniqueItems: true,
        items: { enum: [...SERVED_LANGUAGES] },
      },
      owners: {
        type: ['object', 'null'],
        description:
          'who looks after an issue type, by its label: `enrichment.owner` where the model is sure enough to route',
        default: {},
        maxProperties: 256,
        additionalProperties: { type: 'string', minLength: 1, maxLength: 200 },
      },
      workers: count('threads', 1, 1, 64),
      batch_texts: count('texts scored at once', 64, 1, 4096),
      batch_deadline: duration('how long a text waits for others to make a batch with while a worker is idle', '0ms'),
      queue_texts: count('texts that wait before the input is held back', 4096, 1, 1_000_000),
      max_model: bytes('largest .onnx file that is loaded', '512MiB'),
      shadow: object(
        'a second sentiment model that scores a sample for comparison alone',
        {
          model: { type: 'string', description: 'its folder', minLength: 1, maxLength: 4096 },
          share: {
            ...number('of the texts, chosen by the text itself'),
            default: 0.1,
            exclusiveMinimum: 0,
            maximum: 1,
          },
          queue_texts: count('texts that wait for it; more are left out and counted', 256, 1, 100_000),
        },
        ['model'],
      ),
    }),
  },
  read(root) {
    const section = root.section('scoring');
    const folder = (name: string, initial: string): string | null =>
      section.raw(name) === null ? null : section.text(name, initial);
    const shadow = section.section('shadow');
    return {
      sentiment: folder('sentiment', 'models/sentiment'),
      issues: folder('issues', 'models/issues'),
      languages: section.has('languages')
        ? SERVED_LANGUAGES.filter((language) => (section.raw('languages') as readonly unknown[]).includes(language))
        : ['zh', 'en'],
      owners: readOwners(section.section('owners')),
      workers: section.number('workers', 1),
      batchTexts: section.number('batch_texts', 64),
      batchDeadlineMs: section.durationMs('batch_deadline', 0),
      queueTexts: section.number('queue_texts', 4096),
      maxModelBytes: section.bytes('max_model', 512 * MIB),
      shadow: section.has('shadow')
        ? {
            model: shadow.text('model', ''),
            share: shadow.number('share', 0.1),
            queueTexts: shadow.number('queue_texts', 256),
          }
        : null,
    };
  },
};

function readOwners(section: Section): Readonly<Record<string, string>> {
  return Object.fromEntries(section.names().map((label) => [label, section.text(label, '')]));
}
