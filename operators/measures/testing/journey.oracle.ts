/** Of the outcomes of journeys in a sample, by looking at each. */
import type { JsonObject } from '../../../engine/core/types.ts';
import type { ConversionConfig } from '../journeys/conversion-measure.ts';
import type { DropOffConfig } from '../journeys/drop-off-measure.ts';
import type { TimeInStepConfig } from '../journeys/time-in-step-measure.ts';
import type { Oracle, Sample, Trials } from './oracle-tools.ts';

type Times = Readonly<Record<string, { readonly first: string; readonly last: string }>>;
const endings = (sample: Sample): readonly JsonObject[] =>
  sample.events.map(({ data }) => data).filter((data) => data['event'] === 'ended');
const percent = (part: number, whole: number): { value: number | null; n: number } => ({
  value: whole === 0 ? null : (part / whole) * 100,
  n: whole,
});

const conversionOracle: Oracle<ConversionConfig> = ({ from, to }, sample) => {
  const reached = endings(sample).flatMap(({ steps }) => {
    const times = steps as unknown as Times;
    return times[from] === undefined ? [] : [times];
  });
  const went = reached.filter(
    (times) => times[to] !== undefined && Date.parse(times[to].last) >= Date.parse(times[from]?.first ?? ''),
  );
  return percent(went.length, reached.length);
};
const dropOffOracle: Oracle<DropOffConfig> = ({ step }, sample) => {
  const reached = endings(sample).filter(({ steps }) => (steps as JsonObject)[step] !== undefined);
  return percent(reached.filter(({ dropped }) => dropped === step).length, reached.length);
};
const timeInStepOracle: Oracle<TimeInStepConfig> = ({ step }, sample) => {
  const times = sample.events.flatMap(({ data }) =>
    data['event'] === 'left' && data['step'] === step ? [Number(data['seconds'])] : [],
  );
  return {
    value: times.length === 0 ? null : times.reduce((sum, one) => sum + one, 0) / times.length,
    n: times.length,
  };
};

/** They read no events of a stream: the room of journeys compares them. */
export const trials = {
  conversion: { oracle: conversionOracle, examples: [] },
  drop_off: { oracle: dropOffOracle, examples: [] },
  time_in_step: { oracle: timeInStepOracle, examples: [] },
} satisfies Trials;
