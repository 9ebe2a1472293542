import { must } from '../../../core/must.ts';
import { object, ok, parameter, text } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const hookTestRoute = {
  method: 'POST',
  path: '/v1/hooks/{id}/test',
  permission: 'hooks',
  operation: {
    summary: 'Sends one notice that says it is a test, as the hook is configured, and says what the receiver answered.',
    parameters: [parameter('id', 'path', 'Hook')],
    answers: {
      200: ok(
        'What came of it: `delivered`, or `refused`, `unknown`, `dead` with the reason and what to mend',
        object({ hook: text, outcome: text, reason: text, hint: text }, ['reason', 'hint']),
      ),
      409: { description: 'A test of a hook is under way' },
    },
  },
  async handle({ ports, audit, hookTest }, { params, principal }) {
    const hook = must(params['id']);
    if (ports.testHook === undefined || !(ports.hooks?.() ?? []).some(({ id }) => id === hook)) {
      return errorAnswer('not_found', 'there is no such hook: GET /v1/hooks lists them');
    }
    if (hookTest.isRunning)
      return errorAnswer('conflict', 'a test of a hook is under way: ask again when it has ended');
    hookTest.isRunning = true;
    try {
      const result = await ports.testHook(hook);
      const { outcome, reason = null } = result;
      audit.done('hook.test', principal.name, { hook, result: outcome, reason });
      return jsonAnswer(200, { hook, ...result });
    } finally {
      hookTest.isRunning = false;
    }
  },
} as const satisfies RouteSpec;
