package io.tapsentinel.sandbox;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

/**
 * A stand-in for the Logs Ingestion endpoint of one data collection rule with the four TAP tables and the health table. Where the
 * service answers 204 and then loses or bends a value, this refuses with 400 and names the column: a bare object, an undeclared property, a wrong
 * type, a value over 65,536 bytes, a row without {@code TimeGenerated}. It also insists on gzip, which the service does not.
 * Messages hold no values.
 *
 * <p>A row has landed when the {@link RowSink} took it, which is before the client gets its 204.
 */
public final class SandboxIngestion implements HttpHandler, AutoCloseable {

    /** Immutable id of the rule, the only one that exists. */
    public static final String RULE_ID = "dcr-00000000000000000000000000000000";

    private final RowSink sink;
    private final Map<String, Stream> streams = new HashMap<>();
    private final LongAdder requests = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final TypeCounts landed = new TypeCounts();
    private LoopbackServer server;

    /** @param type whose table it is; null for the health table */
    private record Stream(String table, EventType type, RowCheck check) {}

    /** Requests need no token. */
    public SandboxIngestion(RowSink sink) {
        this.sink = sink;
        for (EventType type : EventType.values()) {
            declare(TableSchema.of(type.table(), true), type);
        }
        declare(TableSchema.health(), null);
    }

    private void declare(TableSchema schema, EventType type) {
        streams.put(schema.stream(), new Stream(schema.table(), type, new RowCheck(schema)));
    }

    /** Serves on 127.0.0.1 until {@link #close()}. To put a handler in front, leave this out and use {@link LoopbackServer}. */
    public synchronized SandboxIngestion start() throws IOException {
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
            Stream stream = streams.get(IngestionRequest.stream(exchange));
            if (stream == null) {
                throw new Refusal(400, "InvalidStream", "The data collection rule does not declare this stream");
            }
            store(stream, stream.check().rows(IngestionRequest.body(exchange.getRequestBody())));
            exchange.sendResponseHeaders(204, -1);
        } catch (Refusal refusal) {
            refused.increment();
            refuse(exchange, refusal);
        }
        exchange.close();
    }

    private void store(Stream stream, List<byte[]> rows) throws Refusal {
        if (rows.isEmpty()) {
            return;
        }
        try {
            sink.accept(stream.table(), rows);
        } catch (IOException notTaken) {
            throw new Refusal(500, "InternalServerError", "The rows could not be stored");
        }
        if (stream.type() != null) {
            landed.add(stream.type(), rows.size());
        }
    }

    private static void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
        IngestionRequest.drain(exchange.getRequestBody());
        String message = new String(JsonStringEncoder.getInstance().quoteAsString(refusal.getMessage()));
        byte[] body = ("{\"error\":{\"code\":\"" + refusal.code() + "\",\"message\":\"" + message + "\"}}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        exchange.getResponseHeaders().set("x-ms-error-code", refusal.code());
        exchange.sendResponseHeaders(refusal.status(), body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public synchronized void close() {
        if (server != null) {
            server.close();
        }
    }
}
