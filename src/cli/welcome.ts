/** What `lienthong start` tells the person at the terminal once all is up. */
import type { FirstRun } from './first-run.ts';

/** Addresses, where the first sign-in stands, what to try next. The password itself is not printed: terminals are recorded. */
export function welcome(
  run: FirstRun,
  facts: { file: string; seconds: number; held: boolean; sandbox: boolean },
): string {
  const dossierSystems = Object.entries(run.systems).map(([id, system]) => `  ${id.padEnd(12)}${system.url}`);
  return [
    '',
    `Liên Thông đã sẵn sàng sau ${facts.seconds.toFixed(1)} giây. (Ready.)`,
    ...(facts.held ? ['Đang giữ mọi lượt gửi; thả bằng: npx lienthong release. (Deliveries are held.)'] : []),
    '',
    `  Bảng điều khiển (console)      ${run.console}`,
    `  Tài liệu API (API reference)   ${run.url}/docs`,
    `  Sức khoẻ (health)              ${run.url}/health`,
    `  Đăng nhập lần đầu (sign-in)    ${facts.file}`,
    ...(facts.sandbox ? ['', 'Ba hệ thống mô phỏng (simulators):', ...dossierSystems] : []),
    '',
    'Thử tiếp (try next):',
    `  TOKEN=$(node -p "require('${facts.file}').apiToken")`,
    `  curl -H "authorization: Bearer $TOKEN" ${run.url}/v1/syncs`,
    `  curl -H "authorization: Bearer $TOKEN" ${run.url}/v1/causes`,
    ...(facts.sandbox
      ? [
          `  curl -X POST -H 'content-type: application/json' -d '{"do":"submit-dossier"}' ${run.systems.portal?.url}/_sandbox/act`,
          `  curl -X PUT -H 'content-type: application/json' -d '{"mode":"down","seconds":20}' ${run.systems.commune?.url}/_sandbox/faults`,
        ]
      : []),
    '',
    'Dừng bằng Ctrl-C. (Ctrl-C stops everything in order; twice at once.)',
    '',
  ].join('\n');
}
