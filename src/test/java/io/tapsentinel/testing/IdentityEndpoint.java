package io.tapsentinel.testing;

import com.sun.net.httpserver.HttpExchange;
import io.tapsentinel.sandbox.LoopbackServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The managed identity of Azure App Service and of virtual machines, simulated: issues a new token for each request, valid for a day. */
public final class IdentityEndpoint implements AutoCloseable {

    public static final String HEADER = "header-that-opens-the-identity";
    private static final String TOKEN = "opaque-bearer-of-a-test-";

    private final List<String> queries = new CopyOnWriteArrayList<>();
    private final AtomicInteger tokens = new AtomicInteger();
    private final LoopbackServer server = LoopbackServer.start(this::handle, 0);
    private volatile boolean refusing;
    private volatile String given;

    public IdentityEndpoint() throws IOException {}

    /** The n-th token, starting at 1. */
    public static String token(int n) {
        return TOKEN + n + "-end";
    }

    /** Text that all tokens contain. */
    public static String anyToken() {
        return TOKEN;
    }

    /** Environment variables of a program with this identity. */
    public Map<String, String> environment() {
        return Map.of("IDENTITY_ENDPOINT", server.uri() + "/msi/token", "IDENTITY_HEADER", HEADER);
    }

    /** Its address for a virtual machine. */
    public String machine() {
        return server.uri().toString();
    }

    /** Issues this token from now on. */
    public void give(String other) {
        given = other;
    }

    /** Answers with an error while true. */
    public void refuse(boolean value) {
        refusing = value;
    }

    /** Queries of all requests, decoded. */
    public List<String> queries() {
        return List.copyOf(queries);
    }

    private void handle(HttpExchange exchange) throws IOException {
        queries.add(exchange.getRequestURI().getQuery());
        boolean known = HEADER.equals(exchange.getRequestHeaders().getFirst("X-IDENTITY-HEADER"))
                || exchange.getRequestURI().toString().contains("/metadata/")
                        && "true".equals(exchange.getRequestHeaders().getFirst("Metadata"));
        if (refusing || !known) {
            JsonAnswer.send(
                    exchange,
                    400,
                    "{\"statusCode\":400,\"message\":\"there is no identity\",\"correlationId\":\"none\"}");
        } else {
            String next = token(tokens.incrementAndGet());
            JsonAnswer.send(
                    exchange,
                    200,
                    "{\"access_token\":\"" + (given == null ? next : given) + "\",\"expires_on\":\""
                            + Instant.now().plus(Duration.ofDays(1)).getEpochSecond()
                            + "\",\"resource\":\"r\",\"token_type\":\"Bearer\"}");
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
