/** What a configuration says of models and of what their scores are held against. */
import { bytes, count, duration, number, object, path, type Fields } from './config-schema-forms.ts';

export const SCORING_FIELDS: Fields = {
  drift: object('what KPIs of drift without a `reference` are held against', {
    file: {
      type: 'string',
      description: 'where it is learned from the first events here, and kept; without it the model says',
      minLength: 1,
      maxLength: 4096,
    },
    learn: count('so many values are enough', 10_000, 100, 100_000_000),
  }),
  scoring: object('sentiment and issue types', {
    sentiment: { ...path('model folder; null: no scoring'), default: 'models/sentiment' },
    issues: { ...path('model folder of issue types; null: none'), default: 'models/issues' },
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
};
