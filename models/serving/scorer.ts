/** What Earshot's text models say about a text, and how they are asked. Plain data. */
import { type TextScorer } from '../../engine/core/types.ts';
import { type OwnModel } from '../own/form.ts';

export type TextScore = {
  readonly sentiment: {
    readonly label: 'negative' | 'neutral' | 'positive';
    /** P(positive) − P(negative), −1…1. */
    readonly score: number;
    readonly intensity: 'strong_negative' | 'negative' | 'neutral' | 'positive' | 'strong_positive';
    /** Calibrated probability of the label, 0…1. */
    readonly confidence: number;
  };
  readonly issues: readonly IssueScore[];
  /** Of the sentiment; `issues`: of the other model, where one was asked. */
  readonly model: ModelName & { readonly issues?: ModelName };
};
/** `routes`: sure enough (nine of ten on texts kept apart) for the text to be handed to the label's owner. */
export type IssueScore = { readonly label: string; readonly confidence: number; readonly routes: boolean };
export type ModelName = { readonly name: string; readonly version: string };

/** One model of a scorer: its folder, and what its model.yaml says; null: of the bundled kind. */
export type ModelPart = { readonly dir: string; readonly own: OwnModel | null };

export type CxTextScorer = TextScorer<TextScore>;
