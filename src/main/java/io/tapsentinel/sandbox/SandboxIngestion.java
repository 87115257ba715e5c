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
 * Simulates the Logs Ingestion endpoint of a data collection rule with the four TAP tables and the health table. Stricter than the
 * service, which answers 204 and then drops or changes values: this answers 400 and names the column for bare objects, undeclared
 * properties, wrong types, values over 65,536 bytes and rows without {@code TimeGenerated}. It requires gzip. Messages contain no values.
 */
public final class SandboxIngestion implements HttpHandler, AutoCloseable {

    /** Immutable id of the only rule. */
    public static final String RULE_ID = "dcr-00000000000000000000000000000000";

    private final RowSink sink;
    private final Map<String, Stream> streams = new HashMap<>();
    private final LongAdder requests = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final TypeCounts landed = new TypeCounts();
    private LoopbackServer server;

    /** @param type null for the health table */
    private record Stream(String table, EventType type, RowCheck check) {}

    /** An endpoint that requires no token. */
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

    /** Serves on 127.0.0.1 until {@link #close()}. To wrap this handler, use {@link LoopbackServer} instead. */
    public synchronized SandboxIngestion start() throws IOException {
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

    /** Requests not answered with 204. */
    public long refused() {
        return refused.sum();
    }

    /** Rows in the type's table, including duplicates. */
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
