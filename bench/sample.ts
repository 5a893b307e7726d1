/**
 * The bench's event: a dossier of about 700 bytes, made up, spread over the units in force.
 */
const UNITS =
  '25993 26005 26017 26020 26041 26068 26080 26089 26098 26104 26113 26116 26119 26122 26134 26158 26170 26173 26179 26188 26206 26209 26215 26221 26227 26248 26254 26278 26281 26296 26299 26311 26326 26332 26341 26347 26359 26362 26368 26374 26377 26380 26383 26389 26413 26422 26425 26428 26434 26446 26458 26461 26485 26491 26503 25195 25210 25217 25220 25222 25225 25231 25246 25252 25255 25261 25267 25270 25279 25280 25292 25294 25303 25308 25309 25318 25326 25333 25345 25349 25351 25357 25363 25378 25387 25390 25396 25399 25402 25405 25417 25420 25432 25441 25450'.split(
    ' ',
  );
const NOTE = 'x'.repeat(240);

/** One event of a subject; `round` only makes its id and note differ. `units` and `firstUnit` choose among the units. */
export function sampleEvent(id: string, subject: number, round: number, units = UNITS.length, firstUnit = 0): object {
  const code = `H19.34-250701-${1_000 + subject}`;
  return {
    specversion: '1.0',
    id,
    source: 'portal',
    type: 'dossier.submitted',
    subject: code,
    time: '2025-07-01T08:00:00+07:00',
    datacontenttype: 'application/json',
    data: {
      dossierCode: code,
      procedureCode: '1.013225',
      status: '2',
      unitCode: UNITS[firstUnit + (subject % units)],
      applicant: { kind: 'citizen', name: 'Nguyễn Văn A', identityNumber: '075090001234', phone: '0901234567' },
      submittedAt: '2025-07-01T08:00:00+07:00',
      channel: 'online',
      note: `${id} ${round} ${NOTE}`,
    },
  };
}
