/** Before the board: asks the gateway what to show, again and again until it answers and lets this screen in. */
import type { KpiDescription } from '../../engine/core/wire.ts';
import { NotLetIn, type BoardDescription, type GatewayClient } from './gateway-client.ts';

export interface Admitted {
  readonly description: BoardDescription;
  readonly known: readonly KpiDescription[];
}
export type Obstacle = 'unreachable' | 'refused';

/** @param wait called after each attempt in vain; resolves when it is time for the next. */
export async function admission(
  client: Pick<GatewayClient, 'board' | 'kpis'>,
  wait: (why: Obstacle) => Promise<void>,
): Promise<Admitted> {
  for (;;) {
    try {
      const known = await client.kpis();
      return { known, description: await client.board() };
    } catch (error) {
      await wait(error instanceof NotLetIn ? 'refused' : 'unreachable');
    }
  }
}
