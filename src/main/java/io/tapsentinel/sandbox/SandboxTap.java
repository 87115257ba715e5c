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
 * A stand-in for Proofpoint's SIEM API v2 that is as strict as the service and as moody: it refuses what the service refuses,
 * says "nothing" in every way that was seen, shuffles rows and parts, and shows late rows late. Holds no answer in memory.
 * Serves {@code /v2/siem/}{@code all}, {@code clicks/blocked}, {@code clicks/permitted}, {@code messages/blocked}
 * and {@code messages/delivered}; who is let in, and how often, says {@link TapGate}.
 *
 * <p>An answer counts as given, for {@link #served} and {@link #missedByLookOnce}, just before its last byte is sent; one that
 * broke off before counts for nothing.
 */
public final class SandboxTap implements HttpHandler, AutoCloseable {

    /** Requests per rolling 24 hours that the service allows for each pool. */
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
     * @param clock the service's time: decides what is visible, too old or still current, and when requests age out
     * @param principal with {@code secret} the only credentials that are let in
     */
    public SandboxTap(SandboxEvents events, Clock clock, String principal, String secret) {
        this(events, clock, principal, secret, REQUESTS_PER_DAY);
    }

    /** @param requestsPerDay allowance per rolling 24 hours of {@code clicks/permitted}, and of all other paths together */
    SandboxTap(SandboxEvents events, Clock clock, String principal, String secret, int requestsPerDay) {
        this.events = events;
        this.clock = clock;
        this.gate = new TapGate(principal, secret, requestsPerDay);
    }

    /** Serves on 127.0.0.1 until {@link #close()}. To put a handler in front, leave this out and use {@link LoopbackServer}. */
    public synchronized SandboxTap start() throws IOException {
        server = LoopbackServer.start(this, 0);
        return this;
    }

    /** {@code http://127.0.0.1:port}; only after {@link #start()}. */
    public synchronized URI uri() {
        return server.uri();
    }

    /** Requests that came in, whatever their answer. */
    public long requests() {
        return requests.sum();
    }

    /** Rows of this type in all answers so far; a row that was read again counts again. */
    public long served(EventType type) {
        return served.count(type);
    }

    /**
     * Rows of this type in the answers of {@code /v2/siem/all} so far that a reader would have lost which makes the same requests
     * but takes each instant only from the first answer that covers it. Each row counts once.
     */
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
        // no try-with-resources: closing would end a broken answer as if it were whole
        OutputStream out = body(exchange);
        if (silence == 1) {
            out.write("[]".getBytes(StandardCharsets.US_ASCII));
        } else {
            answer.write(present, mood, out, rows);
        }
        // before the end goes out, so that whoever has read all of it finds it counted
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

    /**
     * A stream for the body of a 200, chunked, and with gzip where the client accepts it. Its last bytes stay here until it is closed;
     * one that is not closed breaks the answer off.
     */
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
