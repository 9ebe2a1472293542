/** The partition that combines the others: above the number of any of events, so that it means the same whatever their number. */
export const COMBINING_PARTITION = 65_536;
