/** What the gateway itself has to say as metrics. */
import { single, type Family } from '../../core/metrics.ts';
import type { GatewayPorts } from '../gateway-ports.ts';
import type { ResponseBudget } from '../http/response-budget.ts';
import type { Condition } from '../http/responses.ts';

/** What the probes answer, for alarms; there from the first moment on. */
export function healthFamilies(ports: GatewayPorts): Family[] {
  const family = (name: string, help: string, condition: Condition | undefined): Family =>
    single(name, 'gauge', help, condition?.ok === false ? 0 : 1);
  return [
    family('earshot_ready', '1 while /readyz answers 200: the engine processes.', ports.ready?.()),
    family('earshot_healthy', '1 while /healthz answers 200: no restart is needed.', ports.healthy?.()),
  ];
}

export function answersFamily({ untaken }: ResponseBudget): Family {
  const help = 'HTTP answers not taken whole: the client left, or was cut off.';
  return single('earshot_gateway_answers_untaken_total', 'counter', help, untaken);
}
