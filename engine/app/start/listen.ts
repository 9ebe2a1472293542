/** Second step of a start: the gateway, so that probes are answered while the engine is still connecting. */
import type { Json, Logger } from '../../core/types.ts';
import { startGateway, type Gateway } from '../../gateway/gateway.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { openCalendars } from '../open-calendars.ts';
import { DegradationLog, LOOK_EVERY_MS } from '../degradation-log.ts';
import { calendarDegradations, hookDegradations } from '../degradations.ts';
import { EngineHealth } from '../health.ts';
import type { Broker } from './broker.ts';
import type { Closers } from './closers.ts';
import { EnginePorts } from './engine-ports.ts';
import type { Prepared } from './prepare.ts';
import { maskText } from '../../../operators/events/masking/mask-text.ts';

export interface Listening {
  readonly gateway: Gateway;
  readonly ports: EnginePorts;
  readonly health: EngineHealth;
}

/** `demo`: what the board says of its data; null: all of it is real. Throws LISTEN_FORBIDDEN, LISTEN_FAILED. */
export async function listen(
  prepared: Prepared,
  broker: Broker,
  { demo, logger }: { readonly demo: Json; readonly logger: Logger },
  closers: Closers,
): Promise<Listening> {
  const health = new EngineHealth();
  const { disk } = broker;
  if (disk !== null) health.watches(() => disk.full());
  health.waitsFor('NATS', 'not reached yet');
  for (const name of prepared.models?.names ?? []) health.waitsFor(name, 'warming up');
  const log = new DegradationLog(logger);
  const looking = setInterval(() => log.look(health.degraded(), systemClock.now()), LOOK_EVERY_MS);
  looking.unref();
  closers.add(() => clearInterval(looking));
  const ports = new EnginePorts(prepared, broker, health, demo, logger);
  health.degrades(() => hookDegradations(ports.hooks()));
  health.degrades(() => prepared.expressions.degradations(systemClock.now()));
  const calendars = [...openCalendars(prepared.config.calendars).values()];
  health.degrades(() => calendarDegradations(calendars, systemClock.now()));
  const gateway = await startGateway({ ...prepared.gateway, maskText: (text) => maskText(text).text }, ports);
  // Boards show nothing as complete before the partitions have restored it.
  gateway.hub.board.markIncomplete();
  closers.add(() => gateway.close());
  return { gateway, ports, health };
}
