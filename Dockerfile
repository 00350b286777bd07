# Two images: `tradewind` holds every program, `frontend` (--target) the dashboard behind nginx.
#
# BuildKit is needed. The compiler works in a cache that outlives the build, and only files that differ are copied
# there: after a change in one service, that service is compiled, and not what it stands on.

FROM swift:6.3-bookworm AS build
COPY scripts/setup /tools/scripts/setup
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends rsync && /tools/scripts/setup \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
RUN --mount=type=cache,target=/source,sharing=locked --mount=type=bind,target=/context \
    rsync --recursive --links --perms --checksum --delete --exclude /.build /context/ . \
    && mkdir -p /programs \
    && for program in Sources/Programs/*; do \
        swift build --configuration release --product "${program##*/}" || exit 1; \
        strip --strip-debug -o "/programs/${program##*/}" ".build/release/${program##*/}" || exit 1; \
    done


FROM nginx:1.27 AS frontend
COPY infra/docker/nginx.conf /etc/nginx/tradewind.conf
COPY infra/docker/dashboard.conf /etc/nginx/dashboard.conf
COPY frontend /usr/share/tradewind/frontend
USER 101:101
EXPOSE 3000
ENTRYPOINT ["nginx", "-e", "/dev/stderr", "-c", "/etc/nginx/tradewind.conf"]
CMD ["-g", "daemon off;"]


FROM debian:bookworm-slim AS tradewind
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        ca-certificates libcrypt1 libhiredis0.14 libpq5 librdkafka1 libsqlite3-0 libssl3 libstdc++6 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o 10001 -g 10001 /var/lib/tradewind
COPY infra/docker/ready /usr/local/bin/ready
COPY frontend /usr/share/tradewind/frontend
COPY --from=build /programs /usr/local/bin
ENV HOST=0.0.0.0 LOG_FORMAT=json FRONTEND_DIR=/usr/share/tradewind/frontend
# Where ./data is, when no server keeps the data; anything else can be read only.
WORKDIR /var/lib/tradewind
USER 10001:10001
EXPOSE 3001-3006
CMD ["tradewind"]
