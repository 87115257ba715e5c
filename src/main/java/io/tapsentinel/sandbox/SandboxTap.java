package io.tapsentinel.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tapsentinel.event.EventType;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.SplittableRandom;
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

    private final SandboxEvents events;
    private final Clock clock;
    private final TapGate gate;
    private final double shareTextPlain;
    private final int port;
    private final SplittableRandom moods;
    private final LongAdder requests = new LongAdder();
    private final TypeCounts served = new TypeCounts();
    private final LookOnceCounter lookOnce = new LookOnceCounter();
    private LoopbackServer server;

    SandboxTap(SandboxTapBuilder settings) {
        this.events = settings.events;
        this.clock = settings.clock;
        this.gate = new TapGate(settings);
        this.shareTextPlain = settings.shareTextPlain;
        this.port = settings.port;
        this.moods = new SplittableRandom(settings.moodSeed);
    }

    /** A stand-in that serves these events, to be set up further. */
    public static SandboxTapBuilder builder(SandboxEvents events) {
        return new SandboxTapBuilder(events);
    }

    /** Serves on 127.0.0.1 until {@link #close()}. To put a handler in front, leave this out and use {@link LoopbackServer}. */
    public synchronized SandboxTap start() throws IOException {
        server = LoopbackServer.start(this, port);
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
            answer(exchange, path, new TapSelection(events, query, path.types(), now));
        } catch (TapRefusal refusal) {
            TapReply.text(exchange, refusal.status(), refusal.getMessage());
        }
        exchange.close();
    }

    private void answer(HttpExchange exchange, TapPath path, TapSelection selection) throws IOException {
        SplittableRandom mood = mood();
        Set<EventType> present = selection.present();
        int silence = present.isEmpty() ? mood.nextInt(3) : -1;
        if (silence == 0) {
            given(path, selection, new TypeCounts());
            exchange.sendResponseHeaders(204, -1);
            return;
        }
        boolean plain = mood.nextDouble() < shareTextPlain;
        exchange.getResponseHeaders().set("Content-Type", plain ? "text/plain" : "application/json");
        TypeCounts rows = new TypeCounts();
        // no try-with-resources: closing would end a broken answer as if it were whole
        OutputStream out = TapReply.rows(exchange);
        if (silence == 1) {
            out.write("[]".getBytes(StandardCharsets.US_ASCII));
        } else {
            TapAnswerWriter.json(selection, present, mood, out, rows);
        }
        // before the end goes out, so that whoever has read all of it finds it counted
        given(path, selection, rows);
        out.close();
    }

    private void given(TapPath path, TapSelection selection, TypeCounts rows) {
        served.add(rows);
        if (path == TapPath.ALL) {
            lookOnce.answered(
                    selection,
                    events.between(selection.window().from(), selection.window().to()));
        }
    }

    private SplittableRandom mood() {
        synchronized (moods) {
            return moods.split();
        }
    }

    @Override
    public synchronized void close() {
        if (server != null) {
            server.close();
        }
    }
}
