package io.tapsentinel.sandbox;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tapsentinel.event.EventType;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

/**
 * A stand-in for the Logs Ingestion endpoint of one data collection rule with the four TAP tables and the health table. Where the service answers 204
 * and then loses or bends a value, this refuses with 400 and names the column: a bare object, an undeclared property, a wrong
 * type, a value over 65,536 bytes, a row without {@code TimeGenerated}. It also insists on gzip, which the service does not.
 * Messages hold no values.
 *
 * <p>A row has landed when the {@link RowSink} took it, which is before the client gets its 204.
 */
public final class SandboxIngestion implements HttpHandler, AutoCloseable {

    /** Immutable id of the rule unless another is given. */
    public static final String RULE_ID = "dcr-00000000000000000000000000000000";

    private final RowSink sink;
    private final String ruleId;
    private final String token;
    private final int port;
    private final IngestionStreams streams = new IngestionStreams();
    private final LongAdder requests = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final TypeCounts landed = new TypeCounts();
    private LoopbackServer server;

    /** For rule {@link #RULE_ID}, on a free port, without a check of tokens. */
    public SandboxIngestion(RowSink sink) {
        this(sink, RULE_ID, null, 0);
    }

    /**
     * @param ruleId the only data collection rule that exists
     * @param token  the only bearer token that is let in, or null to ask for none
     * @param port   0 takes a free one
     */
    public SandboxIngestion(RowSink sink, String ruleId, String token, int port) {
        this.sink = sink;
        this.ruleId = ruleId;
        this.token = token;
        this.port = port;
    }

    /** Serves on 127.0.0.1 until {@link #close()}. To put a handler in front, leave this out and use {@link LoopbackServer}. */
    public synchronized SandboxIngestion start() throws IOException {
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

    /** Requests that were answered with anything but 204. */
    public long refused() {
        return refused.sum();
    }

    /** Rows in the table of this type, duplicates included. */
    public long landed(EventType type) {
        return landed.count(type);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        requests.increment();
        exchange.getResponseHeaders().set("x-ms-request-id", UUID.randomUUID().toString());
        try {
            String stream = IngestionRequest.stream(
                    exchange.getRequestMethod(), exchange.getRequestURI(), exchange.getRequestHeaders(), ruleId, token);
            IngestionStreams.Declared declared = streams.of(stream);
            store(declared, declared.check().rows(IngestionBody.read(exchange.getRequestBody())));
            exchange.sendResponseHeaders(204, -1);
        } catch (IngestionRefusal refusal) {
            refused.increment();
            refuse(exchange, refusal);
        }
        exchange.close();
    }

    private void store(IngestionStreams.Declared declared, List<byte[]> rows) throws IngestionRefusal {
        if (rows.isEmpty()) {
            return;
        }
        try {
            sink.accept(declared.table(), rows);
        } catch (IOException notTaken) {
            throw new IngestionRefusal(500, "InternalServerError", "The rows could not be stored");
        }
        declared.type().ifPresent(type -> landed.add(type, rows.size()));
    }

    private static void refuse(HttpExchange exchange, IngestionRefusal refusal) throws IOException {
        IngestionBody.drain(exchange.getRequestBody());
        String message = new String(JsonStringEncoder.getInstance().quoteAsString(refusal.getMessage()));
        byte[] body = ("{\"error\":{\"code\":\"" + refusal.code() + "\",\"message\":\"" + message + "\"}}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        exchange.getResponseHeaders().set("x-ms-error-code", refusal.code());
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(refusal.status(), head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public synchronized void close() {
        if (server != null) {
            server.close();
        }
    }
}
