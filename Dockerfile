# One image for the six services and the command line: `python -m services.NAME`, `aftercare`.
FROM python:3.11-slim AS build

WORKDIR /build
COPY requirements/build.txt requirements/runtime.txt ./
RUN python -m venv /opt/aftercare \
 && /opt/aftercare/bin/pip install --no-cache-dir --disable-pip-version-check \
      --require-hashes -r runtime.txt \
 && python -m pip install --no-cache-dir --disable-pip-version-check \
      --require-hashes -r build.txt
COPY pyproject.toml README.md LICENSE ./
COPY shared shared
COPY services services
COPY deploy/__init__.py deploy/
COPY deploy/cli deploy/cli
RUN python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /dist . \
 && /opt/aftercare/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps /dist/*.whl


FROM python:3.11-slim

RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin aftercare
COPY --from=build /opt/aftercare /opt/aftercare
ENV PATH=/opt/aftercare/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    AFTERCARE_HTTP__HOST=0.0.0.0
USER 10001:10001
WORKDIR /srv
CMD ["aftercare", "--help"]
