/**
 * OpenAPI 3.1 at /openapi.json and its reader at /docs. The reader's page needs what other pages may not (its own styles),
 * so its policy is written out here, for its routes alone.
 */
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

const TAGS = [
  { name: 'systems', description: 'Hệ thống và nơi nhận sự kiện · Systems and the way in' },
  { name: 'syncs', description: 'Lượt gửi · Syncs' },
  { name: 'events', description: 'Sự kiện · Events' },
  { name: 'dossiers', description: 'Hồ sơ · Dossiers' },
  { name: 'escalations', description: 'Báo cáo cấp trên · Escalations' },
  { name: 'vocabulary', description: 'Danh mục và bảng quy đổi · Vocabulary' },
  { name: 'audit', description: 'Nhật ký · Audit' },
  { name: 'health', description: 'Sức khỏe và số đo · Health and metrics' },
];

/** The page's own policy: nothing from elsewhere, no inline script; styles inline, as its reader writes them. */
const DOCS_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Begins to collect the routes that are added from now on; call it first, on the server itself. */
export async function collectOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Liên Thông',
        version: '1',
        description:
          'Cổng liên thông giữa cổng dịch vụ công, hệ thống xã, phường và quản lý văn bản. Lỗi trả về theo RFC 9457 (application/problem+json). · ' +
          'Integration gateway. Errors are RFC 9457 problem documents; lists page by `cursor` and answer `{items, next}`.',
      },
      tags: TAGS,
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'API token' },
          password: { type: 'http', scheme: 'basic', description: 'Username and password' },
        },
      },
      security: [{ token: [] }, { password: [] }],
    },
    hideUntagged: true,
  });
}

/** Adds /openapi.json and /docs to a scope whose hooks ask for the sign-in. */
export async function registerDocs(app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_POLICY,
    validatorUrl: false,
    uiConfig: { docExpansion: 'list', deepLinking: true, tryItOutEnabled: false },
  });
}
