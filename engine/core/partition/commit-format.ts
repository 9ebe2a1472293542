/** Version of a commit's form: who writes commits and who reads them go by it. */
export const COMMIT_FORMAT = 1;
