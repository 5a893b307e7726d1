/** Types of what TypeScript code takes from runtime.mjs, which is plain JavaScript since it runs before anything is installed. */
export const heapLimits: readonly string[];
