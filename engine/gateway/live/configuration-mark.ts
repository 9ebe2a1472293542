/** A mark of what boards are made of, `/v1/board` and `/v1/kpis` without their values: another one after a reload that changed it. */
import { cyrb53 } from '../../core/hash.ts';
import type { GatewayPorts } from '../gateway-ports.ts';

export function configurationMark(ports: Pick<GatewayPorts, 'board' | 'kpis'>): string {
  return cyrb53(JSON.stringify([ports.board?.() ?? null, ports.kpis()])).toString(36); // null: without a description of the board
}
