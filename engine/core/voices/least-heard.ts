/** With fewer voices before, every word would be new: nothing is said to rise. */
export const LEAST_BEFORE = 50;
/** A word that fewer said may tell who said it: it is never shown. */
export const LEAST_PERSONS = 5;
