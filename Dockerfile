# The image of every role: `docker run tessera web`, `worker`, `bot` or, all in one, `run`.
# Bookworm by name, because the packaged mongod needs its libcurl4 and libssl3.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/tessera
COPY requirements/run.txt requirements/build.txt requirements/
RUN /opt/tessera/bin/pip install --no-cache-dir --require-hashes \
    -r requirements/run.txt -r requirements/build.txt
COPY . .
RUN /opt/tessera/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libcurl4 libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --shell /usr/sbin/nologin tessera \
    && install -d -o tessera -g tessera -m 0700 /var/lib/tessera
COPY --from=build /opt/tessera /opt/tessera
ENV PATH=/opt/tessera/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TESSERA_DATA_FOLDER=/var/lib/tessera \
    TESSERA_WEB__HOST=0.0.0.0 \
    TESSERA_WEB__PORT=8080
USER tessera
WORKDIR /var/lib/tessera
VOLUME /var/lib/tessera
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["python", "-c", \
    "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['TESSERA_WEB__PORT']}/healthz\", timeout=2)"]
ENTRYPOINT ["tessera"]
CMD ["run"]
