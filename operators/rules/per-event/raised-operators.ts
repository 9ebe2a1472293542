/** What single events say to rules, on its way there: from events in a single partition, from messages of several where these meet. */
import type { Collector, Envelope, Operator, OperatorDef } from '../../../engine/core/types.ts';
import type { Combinable } from '../../clocks/combined-clocks.ts';
import type { PartialMessage } from '../../kpis/exchange/partial-message.ts';
import type { CompileExpression, CxEvent } from '../../shared/messages.ts';
import { EventMatcher, type KeylessHearing } from './event-matcher.ts';
import type { EventRuleConfig } from './event-rules-config.ts';
import type { Raised } from './raised.ts';

/** Stateless. Throws EngineError EXPRESSION_INVALID. */
export function raisedOperator(
  rules: readonly EventRuleConfig[],
  compile: CompileExpression,
): OperatorDef<CxEvent, Raised> {
  const matcher = new EventMatcher(rules, compile);
  return {
    name: 'event-rules',
    create: (): Operator<CxEvent, Raised> => {
      const hearing = new Counting();
      return {
        onEvent(event, _watermark, out) {
          if (event.isControl === true) return;
          hearing.out = out;
          for (const value of raisedBy(matcher, event, hearing)) out.emit({ ...event, value });
        },
      };
    },
  };
}

/** Stateless. Where partitions come together: what events of theirs say, and what clocks say there. */
export function forwardedRaised(
  rules: readonly EventRuleConfig[],
  compile: CompileExpression,
): OperatorDef<Combinable, Raised> {
  const matcher = new EventMatcher(rules, compile);
  return {
    name: 'event-rules',
    create: (): Operator<Combinable, Raised> => {
      const hearing = new Counting();
      return {
        onEvent(event, _watermark, out) {
          // What a clock said is no message of a partition.
          if (event.derived !== undefined) {
            const outcome = event as Envelope<CxEvent>;
            hearing.out = out;
            for (const value of raisedBy(matcher, outcome, hearing)) out.emit({ ...outcome, value });
            return;
          }
          const { raised } = (event as Envelope<PartialMessage>).value;
          if (raised === undefined) return;
          for (const value of raised as unknown as readonly Raised[]) {
            out.emit({ id: `${value.raised}|${value.event}`, key: value.id, ts: value.at, value });
          }
        },
      };
    },
  };
}

class Counting implements KeylessHearing {
  out: Pick<Collector<Raised>, 'count'> | null = null;
  keyless(rule: string): void {
    this.out?.count(`event_rule_keyless_${rule}`);
  }
}

/** What is no longer true ends what it had raised. */
function raisedBy(matcher: EventMatcher, event: Envelope<CxEvent>, hearing: KeylessHearing): readonly Raised[] {
  const found = matcher.match(event, hearing);
  if (event.derived !== 'withdrawn') return found;
  return found.filter(({ isEnd }) => !isEnd).map((one) => ({ ...one, isEnd: true }));
}
