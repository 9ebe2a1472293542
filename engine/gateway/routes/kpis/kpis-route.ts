import { type Filter, passes } from '../../../live/filter.ts';
import { cellPiece, jsonCodec } from '../../../live/frame-codec.ts';
import { list, ok, ref } from '../../documents/schema-forms.ts';
import { jsonAnswer } from '../../http/responses.ts';
import { type RouteContext, visibleTo } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';

/** From the values as they are encoded for the live push. */
export const kpisRoute = {
  method: 'GET',
  path: '/v1/kpis',
  permission: 'read',
  operation: {
    summary: 'The KPIs and their values of the last quarter second, one a key.',
    answers: { 200: ok('All that the scope allows', list(ref('KpiDescription'))) },
  },
  async handle(context, { principal }) {
    const filter = visibleTo(context, principal, ['kpi/*']);
    const body = await context.lists.of(`kpis ${filter.id}`, () => kpisAndValues(context, filter));
    return { ...jsonAnswer(200, null), body };
  },
} as const satisfies RouteSpec;

function* kpisAndValues({ hub, ports }: RouteContext, filter: Filter): Generator<string> {
  let left = hub.options.maxSnapshotCells;
  let before = '[';
  for (const kpi of ports.kpis()) {
    yield `${before}${JSON.stringify(kpi).slice(0, -1)},"values":[`;
    let between = '';
    for (const cell of hub.board.cellsOf(kpi.id)) {
      if (left === 0) break;
      if (cell.message.retracted === true || !passes(filter, cell.message.key)) continue;
      yield `${between}${cellPiece(cell, filter, jsonCodec).toString()}`;
      between = ',';
      left -= 1;
    }
    yield ']}';
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}
