# The published package with its libraries and Node, without npm, a compiler or curl. docs/containers.md describes it.
#   npm run pack && docker build --tag waybill .
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim
ARG BASE_IMAGE=docker.io/library/debian:bookworm-slim

FROM ${NODE_IMAGE} AS install
COPY dist/waybill-[0-9]*.tgz /tmp/waybill.tgz
WORKDIR /opt/waybill
RUN npm install --ignore-scripts --no-audit --no-fund /tmp/waybill.tgz
# The libraries that few installations use, because the file system of a container is read-only.
RUN npm install --ignore-scripts --no-audit --no-fund $(node --print \
  "Object.entries(require('waybill/package.json').peerDependencies).map((peer) => peer.join('@')).join(' ')")
# Node keeps the compiled code beside the program, which halves the time of a start.
RUN node_modules/.bin/waybill serve --print-config >/dev/null

FROM ${BASE_IMAGE}
COPY --from=install /usr/local/bin/node /usr/local/bin/node
COPY --from=install /opt/waybill /opt/waybill
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin waybill \
  && install --directory --owner=waybill --group=waybill --mode=0700 /data \
  && ln --symbolic /opt/waybill/node_modules/.bin/waybill /usr/local/bin/waybill
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
# SQLite puts large temporary files here, because no other folder is writable.
WORKDIR /data
VOLUME /data
ENV HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "--eval", \
  "fetch(`http://127.0.0.1:${process.env.PORT}/v1/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Without a shell or an init in between: the server itself is process 1, gets SIGTERM, and drains.
ENTRYPOINT ["waybill"]
CMD ["serve"]
