/** A sandbox system of a few lines, for tests of the frame; run as a program it is a process that can be killed. */

import type { SandboxSystem } from '../../src/sandbox/box.ts';
import { createFrame } from '../../src/sandbox/frame/frame.ts';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export const smallSystem: SandboxSystem = {
  role: 'commune',
  acts: ['submit-dossier'],
  register: (app, box) => {
    app.post('/dossiers', async (request, reply) => {
      const { code } = request.body as { code: string };
      box.store.put('dossiers', code, { code });
      reply.code(201);
      return { code };
    });
    app.post('/auth/token', async () => ({ access_token: 'abc' }));
    app.get('/dossiers', async () => box.store.list('dossiers'));
  },
  act: async (box, act) => {
    if (act.do !== 'submit-dossier') return undefined;
    const code = `H19-${box.store.next('dossiers')}`;
    box.store.put('dossiers', code, { code });
    if (!act.silent) box.tell({ contentType: 'application/json', body: JSON.stringify({ code }) });
    return { entity: 'dossier', code };
  },
  records: box =>
    box.store.list('dossiers').map(record => ({
      entity: 'dossier',
      code: String(record.code),
      updatedAt: box.now().toISOString(),
      data: record,
    })),
};

if (process.argv[1] === import.meta.filename) {
  const [dataDir = '', port = '0', gatewayUrl = ''] = process.argv.slice(2);
  const frame = createFrame(smallSystem, {
    dataDir,
    port: Number(port),
    gatewayUrl,
    inboundPath: '/v1/inbound/commune',
    webhookSecret: SECRET,
    secrets: {},
  });
  console.log(await frame.listen());
}
