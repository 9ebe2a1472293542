import { list, object, ok, ref } from '../../documents/schema-forms.ts';
import { jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const screensRoute = {
  method: 'GET',
  path: '/v1/screens',
  permission: 'screens',
  operation: {
    summary:
      'Walls that are connected, or were within a day, and what they show; of people’s desks the number alone. With a scope: those that see no more.',
    answers: {
      200: ok('By name', object({ screens: list(ref('Screen')), desks: { type: 'integer' } })),
    },
  },
  handle(context, { principal }) {
    const { live, hub } = context;
    const { walls, desks } = live.screens.within(principal.scope);
    return jsonAnswer(200, {
      screens: walls.map(({ about, state, since, seen, framesPerSecond }) => {
        const { id, name, page, query, lang, theme, size, version } = about;
        return {
          ...{
            screen: id,
            name: context.mask(name),
            board: { page, query: context.mask(query) },
            lang,
            theme,
            size,
            state,
          },
          version: version === '' ? hub.options.version : version,
          since: new Date(since).toISOString(),
          seen: new Date(seen).toISOString(),
          frames_per_s: Math.round(framesPerSecond * 10) / 10,
        };
      }),
      desks,
    });
  },
} as const satisfies RouteSpec;
