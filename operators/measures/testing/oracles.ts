/** The oracle of every measure: one that is listed in measures.ts and has none does not compile. */
import type { MeasureConfig, MeasureKind } from '../measures.ts';
import { cesOracle } from './ces.oracle.ts';
import { countOracle } from './count.oracle.ts';
import { csatOracle } from './csat.oracle.ts';
import { distinctOracle } from './distinct.oracle.ts';
import { conversionOracle, dropOffOracle, timeInStepOracle } from './journey.oracle.ts';
import { maxOracle } from './max.oracle.ts';
import { meanOracle } from './mean.oracle.ts';
import { mean100Oracle } from './mean100.oracle.ts';
import { minOracle } from './min.oracle.ts';
import { npsOracle } from './nps.oracle.ts';
import { oldestOracle, openOracle, overdueOracle } from './levels.oracle.ts';
import { psiOracle } from './psi.oracle.ts';
import { quantileOracle } from './quantile.oracle.ts';
import { rateOracle } from './rate.oracle.ts';
import { ratioOracle } from './ratio.oracle.ts';
import { shareOracle } from './share.oracle.ts';
import { sumOracle } from './sum.oracle.ts';
import { topOracle } from './top.oracle.ts';
import type { Oracle, OracleValue, Sample } from './oracle-tools.ts';

const ORACLES = {
  ces: cesOracle,
  conversion: conversionOracle,
  count: countOracle,
  csat: csatOracle,
  distinct: distinctOracle,
  drop_off: dropOffOracle,
  max: maxOracle,
  mean: meanOracle,
  mean100: mean100Oracle,
  min: minOracle,
  nps: npsOracle,
  oldest: oldestOracle,
  open: openOracle,
  overdue: overdueOracle,
  psi: psiOracle,
  quantile: quantileOracle,
  rate: rateOracle,
  ratio: ratioOracle,
  share: shareOracle,
  sum: sumOracle,
  time_in_step: timeInStepOracle,
  top: topOracle,
} satisfies { readonly [K in MeasureKind]: Oracle<Extract<MeasureConfig, { kind: K }>> };

/** What the measure is over the events of one window, computed by its oracle. */
export function measured(config: MeasureConfig, sample: Sample): OracleValue {
  return (ORACLES[config.kind] as Oracle<MeasureConfig>)(config, sample);
}
