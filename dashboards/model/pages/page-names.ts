/** The pages there are, in the order of the navigation, and what each is called there. One that is forgotten here does not compile. */
import type { PageTexts } from './page-strings.ts';

/** `kpi` is reached from the others. */
export const NAVIGATION = ['overview', 'alerts', 'heat', 'voices', 'queues', 'journeys', 'shift', 'screens'] as const;
export type PageName = (typeof NAVIGATION)[number] | 'kpi';

export const PAGE_WORDS = {
  overview: 'navOverview',
  alerts: 'navAlerts',
  heat: 'navHeat',
  voices: 'navVoices',
  queues: 'navQueues',
  journeys: 'navJourneys',
  shift: 'navShift',
  screens: 'navScreens',
} as const satisfies Readonly<Record<(typeof NAVIGATION)[number], keyof PageTexts>>;

/** Those that a role does not see. */
export function hiddenPages({ screens }: { readonly screens: boolean }): readonly PageName[] {
  return screens ? [] : ['screens'];
}
