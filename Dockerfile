# Builds a small image: one static program, no shell, no root.
#   docker build -t kohtaamo .
#   docker run -p 8080:8080 -v kohtaamo:/data -e KOHTAAMO_BASE_URL=https://events.example.org kohtaamo
FROM golang:1.26-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/kohtaamo ./cmd/kohtaamo \
 && mkdir -p /out/data /out/tmp

FROM scratch
# To speak TLS with mail relays and databases. Time zones are in the program.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/kohtaamo /usr/local/bin/kohtaamo
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 --chmod=1777 /out/tmp /tmp
USER 65532:65532
WORKDIR /data
ENV KOHTAAMO_LISTEN=:8080 KOHTAAMO_LOG=json
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s CMD ["kohtaamo", "health"]
ENTRYPOINT ["kohtaamo"]
CMD ["serve"]
