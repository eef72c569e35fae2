# One image for every process: web, worker, beat, watchdog, and ./run's all in one.
FROM node:22-bookworm-slim AS front
WORKDIR /front
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.12-slim-bookworm AS packages
COPY requirements.lock .
RUN python -m venv /srv/handoff/.venv \
    && /srv/handoff/.venv/bin/pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: -r requirements.lock

FROM python:3.12-slim-bookworm
# The client's version must not be older than the server's in docker-compose.yml: pg_dump refuses newer servers.
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/handoff --shell /usr/sbin/nologin handoff \
    && install -d -o handoff -g handoff /var/lib/handoff
WORKDIR /srv/handoff
ENV PATH=/srv/handoff/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VAR_DIR=/var/lib/handoff \
    HANDOFF_HOST=0.0.0.0
COPY --from=packages /srv/handoff/.venv .venv
COPY . .
RUN --mount=from=front,source=/front/node_modules,target=node_modules \
    HANDOFF_DEBUG=1 VAR_DIR=/tmp/build sh -c 'python manage.py collect_vendor && python manage.py compile_texts' \
    && rm -rf /tmp/build \
    && python -m compileall -q -j 0 .venv accounts config feedback handoff integrations journal leads reports scoring \
    && cksum requirements.lock > .venv/installed-requirements \
    && touch static_vendor/.stamp
USER handoff
VOLUME /var/lib/handoff
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\") or 8000}/healthz', timeout=4)"]
# Alone it is the whole product with SQLite and a broker of its own.
CMD ["python", "-m", "config.start.serve"]
