# The bot: packages, then the trained model, then a small image that runs as nobody on a read-only root.
#   docker build -f deploy/bot.Dockerfile -t afterall-bot .
FROM python:3.10-slim-bookworm AS packages
WORKDIR /app
RUN pip install --no-cache-dir uv==0.13.9
COPY requirements.txt .
RUN uv venv /app/.venv && uv pip sync --python /app/.venv/bin/python requirements.txt

# Content, encoder and model are made here, once, so that replicas start in seconds and write nothing.
FROM packages AS prepared
COPY pyproject.toml config.yml domain.yml endpoints.yml credentials.yml ./
COPY data data
COPY content content
COPY web web
COPY bot bot
COPY actions actions
# What Python compiles here stays, so that replicas need not.
ENV RASA_TELEMETRY_ENABLED=false
# The key that this makes for its throw-away database must not be in the image.
RUN DATABASE_URL=sqlite:////tmp/build.db .venv/bin/python -m bot prepare && rm var/records.key

FROM python:3.10-slim-bookworm
WORKDIR /app
COPY --from=prepared /app /app
# Rasa, matplotlib and numba look for a place of their own; it is a tmpfs.
ENV HOME=/tmp RASA_TELEMETRY_ENABLED=false PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 PORT=5005
USER 65534:65534
EXPOSE 5005
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD [".venv/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:5005/readyz', timeout=2)"]
CMD [".venv/bin/python", "-m", "bot", "serve"]
