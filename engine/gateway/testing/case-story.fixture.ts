/** The story of a case for tests of the gateway. */
import type { CaseEntry, CaseStep, CaseStory } from '../../core/cases/case-story-form.ts';
import { at } from './gateway.fixture.ts';

export function caseStep(fields: Partial<CaseStep> = {}): CaseStep {
  return {
    ...{ at: at(0), event: 'cx.case.opened', from: null, to: 'open', by: 'agent', agent: null, owner: null },
    ...{ illegal: false, key: {}, ...fields },
  };
}
export function caseEntry(fields: Partial<CaseEntry> = {}): CaseEntry {
  return {
    ...{ at: at(0), type: 'cx.interaction.message', id: 'e1', channel: 'app', author: 'customer', agent: null },
    ...{ text: null, score: null, sentiment: null, issues: [], urgency: null, key: { channel: 'app' }, ...fields },
  };
}
export function caseStory(fields: Partial<CaseStory> = {}): CaseStory {
  return {
    ...{ case: 'own', state: 'pending', since: at(60), opened: at(0), reopened: 0, owner: 'a-4', class: null },
    ...{ priority: 'high', complaint: null, satisfied: null, customer: { id: 'c-77' }, key: { channel: 'app' } },
    ...{ steps: [], illegal: {}, clocks: [], actions: [], entries: [], complete: true, as_of: at(90), ...fields },
  };
}
