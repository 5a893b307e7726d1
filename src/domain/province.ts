/** The province among the units: it has a code like they do, and what is known of its own desks stands under no unit. */

/** Its code (Quyết định 19/2025/QĐ-TTg), by which what goes to all communes at once is named too. */
export const PROVINCE = '75';

/** Under which unit facts about the desks of `unit` stand; null = the province's. */
export const deskOf = (unit: string | null): string | null => (unit === PROVINCE ? null : unit);
