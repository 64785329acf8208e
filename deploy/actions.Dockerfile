# A separate action server (only where actions shall not run in the bots). Built on the bot's image:
#   docker build -f deploy/actions.Dockerfile --build-arg BOT=afterall-bot -t afterall-actions .
ARG BOT=afterall-bot
FROM ${BOT}
ENV SANIC_HOST=0.0.0.0
EXPOSE 5055
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD [".venv/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:5055/health', timeout=2)"]
CMD [".venv/bin/python", "-m", "bot.rasa_parts.action_server"]
