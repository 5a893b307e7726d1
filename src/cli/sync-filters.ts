/** The flags by which syncs are chosen, the same for listing and for replaying. */
export const SYNC_FILTERS: readonly [flag: string, text: string][] = [
  ['--state <state>', 'trạng thái, nhiều thì cách bằng dấu phẩy · state, several with commas'],
  ['--cause <cause>', 'nguyên nhân · cause'],
  ['--target <system>', 'bên nhận · target'],
  ['--source <system>', 'bên gửi · source'],
  ['--type <type>', 'loại sự kiện · event type'],
  ['--unit <code>', 'xã, phường · unit'],
  ['--procedure <code>', 'thủ tục · procedure'],
  ['--subject <code>', 'mã hồ sơ, văn bản · any code of the dossier'],
  ['--mode <mode>', 'trial | official'],
];
