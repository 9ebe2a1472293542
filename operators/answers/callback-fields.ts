/** How secrets of callbacks are written in the configuration. */
import type { JsonObject } from '../../engine/core/types.ts';

/** One, or several while it rotates. */
export function secretList(description: string): JsonObject {
  return {
    type: ['string', 'array', 'null'],
    description,
    items: { type: 'string', minLength: 1, maxLength: 200 },
    minLength: 1,
    maxLength: 200,
    maxItems: 4,
    default: null,
    writeOnly: true,
  };
}
