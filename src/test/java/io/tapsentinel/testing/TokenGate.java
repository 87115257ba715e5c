package io.tapsentinel.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Passes requests with a good token on, refuses all others with 401, and records both. */
public final class TokenGate implements HttpHandler {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final HttpHandler sink;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Predicate<String> good;
    private volatile CountDownLatch together = new CountDownLatch(0);

    /** @param digest of stream and body */
    public record Request(String token, int digest, boolean accepted) {}

    public TokenGate(HttpHandler sink, String accepted) {
        this(sink, accepted::equals);
    }

    public TokenGate(HttpHandler sink, Predicate<String> good) {
        this.sink = sink;
        this.good = good;
    }

    /** From now on this one is good, and no other. */
    public void accept(String token) {
        good = token::equals;
    }

    /** The next refusals wait for each other until there are so many. */
    public void refuseTogether(int number) {
        together = new CountDownLatch(number);
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
        requests.add(new Request(
                token, 31 * exchange.getRequestURI().getPath().hashCode() + Arrays.hashCode(body), accepted));
        if (accepted) {
            exchange.setStreams(new ByteArrayInputStream(body), null);
            sink.handle(exchange);
        } else {
            waitForOthers();
            byte[] answer = "{\"error\":{\"code\":\"InvalidToken\",\"message\":\"The token is spent\"}}"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            exchange.sendResponseHeaders(401, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        }
    }

    private void waitForOthers() throws InterruptedIOException {
        together.countDown();
        try {
            together.await(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }
}
