/** What answers to a changed configuration of a running engine. */
import type { ReloadReport } from '../../core/reload-report.ts';

export interface Reloads {
  /** Reads the configuration again and takes up what can be. Refuses with a report, or throws EngineErrors of kind config; then nothing has changed. */
  reload(by: string): Promise<ReloadReport>;
  /** What that would say of such a text; nothing changes. Throws EngineErrors of kind config. */
  would(text: string): ReloadReport;
}
