package io.tapsentinel.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Forwards requests with the accepted token, refuses all others with 401, and records both. */
public final class TokenGate implements HttpHandler {

    private final HttpHandler sink;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Predicate<String> good;

    public record Request(String token, boolean accepted) {}

    public TokenGate(HttpHandler sink, String accepted) {
        this(sink, accepted::equals);
    }

    public TokenGate(HttpHandler sink, Predicate<String> good) {
        this.sink = sink;
        this.good = good;
    }

    /** Sets the accepted token. */
    public void accept(String token) {
        good = token::equals;
    }

    public List<Request> refused() {
        return requests.stream().filter(request -> !request.accepted()).toList();
    }

    public List<Request> passed() {
        return requests.stream().filter(Request::accepted).toList();
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        String token = authorization.replaceFirst("^Bearer ", "");
        boolean accepted = authorization.startsWith("Bearer ") && good.test(token);
        requests.add(new Request(token, accepted));
        if (accepted) {
            exchange.setStreams(new ByteArrayInputStream(body), null);
            sink.handle(exchange);
        } else {
            byte[] answer = "{\"error\":{\"code\":\"InvalidToken\",\"message\":\"The token is spent\"}}"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            exchange.sendResponseHeaders(401, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        }
    }
}
