package io.tapsentinel.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Serves the page with its real headers and figures set by the test; the time of each answer is 5 s later. */
final class PageServer implements AutoCloseable {

    enum Mode {
        ANSWERS,
        REFUSES,
        HANGS,
        REPEATS,
        NO_JSON
    }

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final long BETWEEN_ANSWERS = 5;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicReference<Mode> mode = new AtomicReference<>(Mode.ANSWERS);
    private volatile ObjectNode figures;
    private Instant at;

    PageServer(ObjectNode figures) throws IOException {
        show(figures);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    PageServer show(ObjectNode newFigures) {
        figures = newFigures;
        if (at == null) {
            at = Instant.parse(newFigures.get("at").textValue());
        }
        return this;
    }

    /** Sets the mode, also for requests that hang. */
    PageServer mode(Mode newMode) {
        synchronized (mode) {
            mode.set(newMode);
            mode.notifyAll();
        }
        return this;
    }

    /** Number of requests for the figures. */
    int asked() {
        return asked.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        try (exchange) {
            if (path.equals("/status.json")) {
                asked.incrementAndGet();
                status(exchange);
                return;
            }
            String name = path.equals("/") ? "index.html" : path.substring(1);
            try (InputStream file = PageServer.class.getResourceAsStream("/page/" + name)) {
                if (file == null) {
                    send(exchange, 404, "text/plain", new byte[0]);
                } else {
                    send(exchange, 200, type(name), file.readAllBytes());
                }
            }
        }
    }

    private void status(HttpExchange exchange) throws IOException {
        switch (awaitedMode()) {
            case ANSWERS -> send(exchange, 200, "application/json", now(BETWEEN_ANSWERS));
            case REPEATS -> send(exchange, 200, "application/json", now(0));
            case NO_JSON -> send(exchange, 200, "application/json", "<html>".getBytes(StandardCharsets.UTF_8));
            case REFUSES -> send(exchange, 503, "text/plain", new byte[0]);
            default -> {} // closed while hanging
        }
    }

    private synchronized byte[] now(long later) {
        ObjectNode answer = figures.deepCopy().put("at", at.toString());
        at = at.plusSeconds(later);
        return answer.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Waits while requests hang, at most until the server closes. */
    private Mode awaitedMode() {
        synchronized (mode) {
            while (mode.get() == Mode.HANGS) {
                try {
                    mode.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return Mode.HANGS;
                }
            }
            return mode.get();
        }
    }

    private static String type(String name) {
        String suffix = name.substring(name.lastIndexOf('.') + 1);
        return switch (suffix) {
            case "html" -> "text/html; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            default -> "image/svg+xml";
        };
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(0);
    }
}
