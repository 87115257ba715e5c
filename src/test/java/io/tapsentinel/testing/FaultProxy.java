package io.tapsentinel.testing;

import com.sun.net.httpserver.HttpExchange;
import io.tapsentinel.sandbox.LoopbackServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;

/** Stands between the program and a service and does to requests what the test says: hold, fail, cut, drop. */
public final class FaultProxy implements AutoCloseable {

    private static final Set<String> NOT_FORWARDED =
            Set.of("host", "content-length", "connection", "transfer-encoding", "upgrade", "http2-settings", ":status");

    private final URI service;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Deque<Fault> faults = new ConcurrentLinkedDeque<>();
    private final Map<String, Lasting> lasting = new ConcurrentHashMap<>();
    private final Queue<String> paths = new ConcurrentLinkedQueue<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    private final Object gate = new Object();
    private final LoopbackServer server;
    private volatile BiFunction<String, byte[], byte[]> rewriting = (query, body) -> body;
    /** Part of the paths that wait; null while none does. */
    private String holding;

    /** What happens to one request. */
    public enum Fault {
        /** Nothing. */
        NONE,
        /** 503 after the service has answered. */
        LOSE_ANSWER,
        /** A whole HTTP answer with the first half of the body. */
        CUT_BODY,
        /** Half of the body that the length promised, then the end of the connection. */
        BROKEN_BODY,
        /** The connection ends without an answer. */
        DROP,
        // without asking the service
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
        this.service = service;
        this.server = LoopbackServer.start(this::handle, 0);
    }

    public URI uri() {
        return server.uri();
    }

    /** The next requests meet these faults, one each; later ones none. */
    public void next(Fault... next) {
        faults.addAll(List.of(next));
    }

    /** The next so many requests meet this fault. */
    public void next(int requests, Fault fault) {
        faults.addAll(Collections.nCopies(requests, fault));
    }

    /** Meets each request to some path, but for empty arrays if it is about records. */
    private record Lasting(Fault fault, boolean ofRecords) {}

    /** From now on each request to a path with this part meets this fault, for which {@link #next} says nothing else. */
    public void always(String part, Fault fault) {
        lasting.put(part, new Lasting(fault, false));
    }

    /** The same, but an upload of an empty array gets through. */
    public void alwaysRecords(String part, Fault fault) {
        lasting.put(part, new Lasting(fault, true));
    }

    /** Requests meet no more faults. */
    public void forget() {
        faults.clear();
        lasting.clear();
    }

    private Fault lasting(String path, byte[] body) {
        return lasting.entrySet().stream()
                .filter(fault -> path.contains(fault.getKey()))
                .map(Map.Entry::getValue)
                .filter(fault -> !fault.ofRecords() || !isEmptyArray(body))
                .map(Lasting::fault)
                .findFirst()
                .orElse(Fault.NONE);
    }

    private static boolean isEmptyArray(byte[] compressed) {
        try (InputStream body = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            return Arrays.equals(body.readNBytes(3), "[]".getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on the service's answers have another body. */
    public void rewrite(UnaryOperator<byte[]> rewrite) {
        rewriting = (query, body) -> rewrite.apply(body);
    }

    /** From now on the service's answers, which are UTF-8, have another text. */
    public void rewriteText(UnaryOperator<String> rewrite) {
        rewrite(body -> rewrite.apply(new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
    }

    /** The same by what was asked for. */
    public void rewrite(BiFunction<String, byte[], byte[]> rewrite) {
        rewriting = rewrite;
    }

    /** From now on requests wait, before the service hears of them, until {@link #release}. */
    public void hold() {
        hold("");
    }

    /** The same for requests to paths with this part. */
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

    /** Requests that wait now. */
    public int held() {
        return held.get();
    }

    /** Requests that came in so far. */
    public int requests() {
        return requests.get();
    }

    /** The same to paths with this part. */
    public long requests(String part) {
        return paths.stream().filter(path -> path.contains(part)).count();
    }

    private void handle(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        paths.add(exchange.getRequestURI().getPath());
        byte[] body = exchange.getRequestBody().readAllBytes();
        Fault fault = faults.isEmpty() ? lasting(exchange.getRequestURI().getPath(), body) : faults.poll();
        try {
            waitWhileHeld(exchange.getRequestURI().getPath());
            if (fault.status > 0) {
                answer(exchange, fault.status, fault.text.getBytes());
            } else if (fault != Fault.DROP) {
                forward(exchange, body, fault);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
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

    private void forward(HttpExchange exchange, byte[] body, Fault fault) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(service.resolve(exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!NOT_FORWARDED.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        request.setHeader("Accept-Encoding", "identity");
        HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        response.headers().map().forEach((name, values) -> {
            if (!NOT_FORWARDED.contains(name)) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        byte[] answer = rewriting.apply(exchange.getRequestURI().getQuery(), response.body());
        if (fault == Fault.LOSE_ANSWER) {
            answer(exchange, 503, "the answer got lost".getBytes());
        } else if (fault == Fault.BROKEN_BODY) {
            exchange.sendResponseHeaders(response.statusCode(), answer.length);
            exchange.getResponseBody().write(answer, 0, answer.length / 2);
        } else {
            answer(
                    exchange,
                    response.statusCode() == 204 && answer.length > 0 ? 200 : response.statusCode(),
                    fault == Fault.CUT_BODY ? Arrays.copyOf(answer, answer.length / 2) : answer);
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        release();
        server.close();
    }
}
