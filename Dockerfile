# One image for the API, the workers and the migrations: `rappel serve api`, `rappel serve worker`, `rappel migrate`.

FROM node:24.21.0-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24.21.0-trixie-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24.21.0-trixie-slim
# For TLS to the mail server, to webhooks and to Temporal Cloud.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# Without the setter by which data from outside could change the prototype of an object.
ENV NODE_ENV=production \
  NODE_OPTIONS="--disable-proto=delete --max-old-space-size=1024" \
  HOST=0.0.0.0 \
  PORT=3000 \
  WORKFLOW_BUNDLE=/app/dist/workflow-bundle.js
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
RUN chmod +x dist/cli/rappel.js && ln -s /app/dist/cli/rappel.js /usr/local/bin/rappel
USER node
EXPOSE 3000
# The API and the worker both answer here.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=5 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["rappel"]
CMD ["serve", "api"]
