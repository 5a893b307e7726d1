/**
 * Who sits where in the simulated systems on their first day, told to the gateway as any system tells of its people: so that requests
 * find somebody who may act. In four communes nobody may approve: that is the story of the missing right. Everybody is made up.
 */

/** All units of the province. */
export const SAMPLE_UNITS: readonly string[] = `
25195 25210 25217 25220 25222 25225 25231 25246 25252 25255 25261 25267 25270 25279 25280 25292
25294 25303 25308 25309 25318 25326 25333 25345 25349 25351 25357 25363 25378 25387 25390 25396
25399 25402 25405 25417 25420 25432 25441 25450 25993 26005 26017 26020 26041 26068 26080 26089
26098 26104 26113 26116 26119 26122 26134 26158 26170 26173 26179 26188 26206 26209 26215 26221
26227 26248 26254 26278 26281 26296 26299 26311 26326 26332 26341 26347 26359 26362 26368 26374
26377 26380 26383 26389 26413 26422 26425 26428 26434 26446 26458 26461 26485 26491 26503
`
  .trim()
  .split(/\s+/);

/** Communes where nobody in the document system may approve, sign or give an opinion yet. */
const WITHOUT_RIGHTS: ReadonlySet<string> = new Set(['26209', '26173', '25222', '26119']);

/** Units whose people are set up in the document system. */
export const UNITS_WITH_RIGHTS: readonly string[] = SAMPLE_UNITS.filter(unit => !WITHOUT_RIGHTS.has(unit));

/** From when it all holds: the first day of the new units. */
export const SINCE = '2025-07-01';

/** A made-up official address; `.invalid` reaches nobody. */
export const sampleAddress = (name: string): string => `${name.toLowerCase()}@mau.invalid`;

/** Somebody with a desk in two units, whose second post ends soon: known to both systems, under an id of their own in each. */
export const TWO_POSTS = {
  name: 'Lê Thị Hai Nơi (mẫu)',
  email: sampleAddress('hai-noi'),
  post: 'chuyen-vien',
  units: ['26041', '26068'],
  secondEndsInDays: 20,
} as const;
