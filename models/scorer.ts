/** What Earshot's text models say about a text, and how they are asked. Plain data. */
import { type TextScorer } from '../engine/core/types.ts';

export type TextScore = {
  readonly sentiment: {
    readonly label: 'negative' | 'neutral' | 'positive';
    /** P(positive) − P(negative), −1…1. */
    readonly score: number;
    readonly intensity: 'strong_negative' | 'negative' | 'neutral' | 'positive' | 'strong_positive';
    /** Calibrated probability of the label, 0…1. */
    readonly confidence: number;
  };
  readonly issues: readonly { readonly label: string; readonly confidence: number }[];
  readonly model: { readonly name: string; readonly version: string };
};

export type CxTextScorer = TextScorer<TextScore>;
