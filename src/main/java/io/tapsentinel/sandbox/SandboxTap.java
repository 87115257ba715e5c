package io.tapsentinel.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tapsentinel.event.EventType;
import io.tapsentinel.net.FastGzip;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * Simulates Proofpoint's SIEM API v2 with the quirks of the service: it refuses the same requests, varies the form of empty answers,
 * shuffles rows and parts, and shows late rows late. Streams answers without buffering them. {@link TapGate} checks credentials and limits.
 *
 * <p>{@link #served} and {@link #missedByLookOnce} count an answer just before its last byte; broken answers do not count.
 */
public final class SandboxTap implements HttpHandler, AutoCloseable {

    /** The service's limit for each pool in a rolling 24 hours. */
    public static final int REQUESTS_PER_DAY = 1_800;

    private static final double SHARE_TEXT_PLAIN = 0.25;
    private static final int BUFFER = 1 << 16;

    private final SandboxEvents events;
    private final Clock clock;
    private final TapGate gate;
    private final Random moods = new Random(1);
    private final LongAdder requests = new LongAdder();
    private final TypeCounts served = new TypeCounts();
    private final LookOnceCounter lookOnce = new LookOnceCounter();
    private LoopbackServer server;

    /**
     * @param clock     the service's clock
     * @param principal with {@code secret} the only accepted credentials
     */
    public SandboxTap(SandboxEvents events, Clock clock, String principal, String secret) {
        this(events, clock, principal, secret, REQUESTS_PER_DAY);
    }

    /** @param requestsPerDay limit in a rolling 24 hours for {@code clicks/permitted}, and for all other paths together */
    SandboxTap(SandboxEvents events, Clock clock, String principal, String secret, int requestsPerDay) {
        this.events = events;
        this.clock = clock;
        this.gate = new TapGate(principal, secret, requestsPerDay);
    }

    /** Serves on 127.0.0.1 until {@link #close()}. To wrap this handler, use {@link LoopbackServer} instead. */
    public synchronized SandboxTap start() throws IOException {
        server = LoopbackServer.start(this, 0);
        return this;
    }

    /** {@code http://127.0.0.1:port}; only after {@link #start()}. */
    public synchronized URI uri() {
        return server.uri();
    }

    /** All requests so far. */
    public long requests() {
        return requests.sum();
    }

    /** Rows of this type in all answers; rows read again count again. */
    public long served(EventType type) {
        return served.count(type);
    }

    /** Rows of this type in answers of {@code /v2/siem/all} that a single-pass connector would have missed. Each row counts once. */
    public long missedByLookOnce(EventType type) {
        return lookOnce.missed(type);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        requests.increment();
        try {
            Instant now = clock.instant();
            TapPath path = gate.admit(exchange, now);
            TapQuery query = TapQuery.parse(exchange.getRequestURI().getRawQuery(), now);
            send(exchange, path, new TapAnswer(events, query, path.types(), now));
        } catch (Refusal refusal) {
            refuse(exchange, refusal);
        }
        exchange.close();
    }

    private void send(HttpExchange exchange, TapPath path, TapAnswer answer) throws IOException {
        Random mood = mood();
        Set<EventType> present = answer.present();
        int silence = present.isEmpty() ? mood.nextInt(3) : -1;
        if (silence == 0) {
            given(path, answer, new TypeCounts());
            exchange.sendResponseHeaders(204, -1);
            return;
        }
        boolean plain = mood.nextDouble() < SHARE_TEXT_PLAIN;
        exchange.getResponseHeaders().set("Content-Type", plain ? "text/plain" : "application/json");
        TypeCounts rows = new TypeCounts();
        // no try-with-resources: closing would make a broken answer look complete
        OutputStream out = body(exchange);
        if (silence == 1) {
            out.write("[]".getBytes(StandardCharsets.US_ASCII));
        } else {
            answer.write(present, mood, out, rows);
        }
        // count before the last byte, so that a client that has read everything finds it counted
        given(path, answer, rows);
        out.close();
    }

    private void given(TapPath path, TapAnswer answer, TypeCounts rows) {
        served.add(rows);
        if (path == TapPath.ALL) {
            lookOnce.answered(answer);
        }
    }

    private Random mood() {
        return new Random(moods.nextLong());
    }

    static void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
        byte[] body = refusal.getMessage().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(refusal.status(), body.length);
        exchange.getResponseBody().write(body);
    }

    /** The chunked body of a 200, gzipped if the client accepts it. Unless closed, the client gets a broken answer. */
    static OutputStream body(HttpExchange exchange) throws IOException {
        List<String> accepted = exchange.getRequestHeaders().getOrDefault("Accept-Encoding", List.of());
        boolean gzip = accepted.stream().anyMatch(codings -> codings.contains("gzip"));
        if (gzip) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        }
        exchange.sendResponseHeaders(200, 0);
        OutputStream body = new BufferedOutputStream(exchange.getResponseBody(), BUFFER);
        return gzip ? new FastGzip(body) : body;
    }

    @Override
    public synchronized void close() {
        if (server != null) {
            server.close();
        }
    }
}
