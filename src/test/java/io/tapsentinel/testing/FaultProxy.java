package io.tapsentinel.testing;

import io.tapsentinel.testing.ScriptedRequest.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A proxy between the program and a service that holds, fails, cuts or drops requests. The Date of its answers is set by the test, since
 * the service's Date is the machine's.
 */
public final class FaultProxy implements AutoCloseable {

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private final Deque<Fault> faults = new ConcurrentLinkedDeque<>();
    private final Map<String, Lasting> lasting = new ConcurrentHashMap<>();
    private final Queue<String> paths = new ConcurrentLinkedQueue<>();
    private final AtomicInteger held = new AtomicInteger();
    private final Object gate = new Object();
    private final ScriptedServer server;
    private volatile BiFunction<String, byte[], byte[]> rewriting = (query, body) -> body;
    private volatile Supplier<Instant> date;
    /** Part of the paths to hold; null for none. */
    private String holding;

    /** A fault for one request. */
    public enum Fault {
        /** No fault. */
        NONE,
        /** 503 although the service has processed the request. */
        LOSE_ANSWER,
        /** A complete HTTP answer with half of the body. */
        CUT_BODY,
        /** Half of the announced body, then a closed connection. */
        BROKEN_BODY,
        /** Closes the connection without an answer. */
        DROP,
        // does not call the service
        REFUSE(500, "no such luck"),
        HTML(200, "<html><body>maintenance</body></html>"),
        UNAUTHORIZED(401, "bad credentials"),
        FORBIDDEN(403, "not for you"),
        THROTTLED(429, "too many"),
        BAD_GATEWAY(502, "<html><body>bad gateway</body></html>"),
        GATEWAY_TIMEOUT(504, "took too long"),
        TOO_OLD(400, "The requested start time is too far into the past (7.00d)"),
        STILL_CURRENT(400, "The requested interval is still current"),
        BADLY_FORMED(400, "The interval parameter is badly formed"),
        SILENT_400(400, ""),
        TOO_LARGE(413, ""),
        NO_CONTENT(204, "");

        private final int status;
        private final String text;

        Fault() {
            this(0, "");
        }

        Fault(int status, String text) {
            this.status = status;
            this.text = text;
        }
    }

    public FaultProxy(URI service) throws IOException {
        this.server = new ScriptedServer(service).script(call -> this::handle);
    }

    public URI uri() {
        return server.uri();
    }

    /** Sets the Date of further answers; null for none. */
    public FaultProxy date(Supplier<Instant> time) {
        date = time;
        return this;
    }

    /** Faults for the next requests, one each. */
    public void next(Fault... next) {
        faults.addAll(List.of(next));
    }

    /** A fault for this number of requests. */
    public void next(int requests, Fault fault) {
        faults.addAll(Collections.nCopies(requests, fault));
    }

    /** A permanent fault; {@code ofRecords} exempts empty arrays. */
    private record Lasting(Fault fault, boolean ofRecords) {}

    /** A permanent fault for paths that contain this part, unless {@link #next} has a fault. */
    public void always(String part, Fault fault) {
        lasting.put(part, new Lasting(fault, false));
    }

    /** The same, but empty arrays pass. */
    public void alwaysRecords(String part, Fault fault) {
        lasting.put(part, new Lasting(fault, true));
    }

    /** Removes all faults. */
    public void forget() {
        faults.clear();
        lasting.clear();
    }

    private Fault lasting(String path, ScriptedRequest call) {
        return lasting.entrySet().stream()
                .filter(fault -> path.contains(fault.getKey()))
                .map(Map.Entry::getValue)
                .filter(fault -> !fault.ofRecords() || !isEmptyArray(call))
                .map(Lasting::fault)
                .findFirst()
                .orElse(Fault.NONE);
    }

    private static boolean isEmptyArray(ScriptedRequest call) {
        try {
            return new String(call.body(), StandardCharsets.UTF_8).equals("[]");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Rewrites the bodies of further answers. */
    public void rewrite(UnaryOperator<byte[]> rewrite) {
        rewriting = (query, body) -> rewrite.apply(body);
    }

    /** Rewrites the bodies of further answers as UTF-8 text. */
    public void rewriteText(UnaryOperator<String> rewrite) {
        rewrite(body -> rewrite.apply(new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
    }

    /** Rewrites the bodies of further answers depending on the request's path. */
    public void rewrite(BiFunction<String, byte[], byte[]> rewrite) {
        rewriting = rewrite;
    }

    /** Holds further requests before they reach the service, until {@link #release}. */
    public void hold() {
        hold("");
    }

    /** Holds further requests to paths that contain this part. */
    public void hold(String part) {
        synchronized (gate) {
            holding = part;
        }
    }

    public void release() {
        synchronized (gate) {
            holding = null;
            gate.notifyAll();
        }
    }

    /** Number of held requests. */
    public int held() {
        return held.get();
    }

    /** Number of requests so far. */
    public int requests() {
        return server.requests();
    }

    /** Number of requests to paths that contain this part. */
    public long requests(String part) {
        return paths.stream().filter(path -> path.contains(part)).count();
    }

    private void handle(ScriptedRequest call) throws IOException, InterruptedException {
        URI asked = URI.create(call.target());
        paths.add(asked.getPath());
        Fault fault = faults.isEmpty() ? lasting(asked.getPath(), call) : faults.poll();
        waitWhileHeld(asked.getPath());
        if (fault.status > 0) {
            call.send(dated(Answer.of(fault.status, "text/plain", fault.text)));
        } else if (fault != Fault.DROP) {
            forward(call, asked.getQuery(), fault);
        }
    }

    private void waitWhileHeld(String path) throws InterruptedException {
        synchronized (gate) {
            if (!isHeld(path)) {
                return;
            }
            held.incrementAndGet();
            while (isHeld(path)) {
                gate.wait();
            }
            held.decrementAndGet();
        }
    }

    private boolean isHeld(String path) {
        return holding != null && path.contains(holding);
    }

    private void forward(ScriptedRequest call, String query, Fault fault) throws IOException, InterruptedException {
        Answer own = call.forward();
        byte[] body = rewriting.apply(query, own.body());
        int half = body.length / 2;
        Answer answer = dated(new Answer(
                own.status() == 204 && body.length > 0 ? 200 : own.status(),
                own.headers(),
                fault == Fault.CUT_BODY ? Arrays.copyOf(body, half) : body));
        if (fault == Fault.LOSE_ANSWER) {
            call.send(dated(Answer.of(503, "text/plain", "the answer got lost")));
        } else if (fault == Fault.BROKEN_BODY) {
            call.head(answer).write(body, 0, half);
        } else {
            call.send(answer);
        }
    }

    private Answer dated(Answer answer) {
        Map<String, String> headers = new TreeMap<>(answer.headers());
        headers.remove("date");
        if (date != null) {
            headers.put("date", DATE.format(date.get()));
        }
        return new Answer(answer.status(), headers, answer.body());
    }

    @Override
    public void close() throws IOException {
        release();
        server.close();
    }
}
