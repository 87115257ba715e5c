package io.tapsentinel.sandbox;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;

/**
 * Admits requests with a known path (else 404), GET (405), the right credentials (401) and within the request limit (429, like the
 * service without Retry-After). {@code clicks/permitted} and everything else have separate limits per rolling 24 hours. Requests refused
 * later for their parameters count; 401 and 429 do not.
 */
final class TapGate {

    private static final Duration PERIOD = Duration.ofHours(24);

    private final byte[] authorization;
    private final int requestsPerDay;
    private final Deque<Instant> clicksPermitted = new ArrayDeque<>();
    private final Deque<Instant> everythingElse = new ArrayDeque<>();

    TapGate(String principal, String secret, int requestsPerDay) {
        byte[] credentials = (principal + ':' + secret).getBytes(StandardCharsets.UTF_8);
        this.authorization =
                ("Basic " + Base64.getEncoder().encodeToString(credentials)).getBytes(StandardCharsets.US_ASCII);
        this.requestsPerDay = requestsPerDay;
    }

    TapPath admit(HttpExchange exchange, Instant now) throws Refusal {
        TapPath path =
                TapPath.of(exchange.getRequestURI().getRawPath()).orElseThrow(() -> new Refusal(404, "Not found"));
        if (!exchange.getRequestMethod().equals("GET")) {
            exchange.getResponseHeaders().set("Allow", "GET");
            throw new Refusal(405, "Method not allowed");
        }
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        if (given == null || !MessageDigest.isEqual(authorization, given.getBytes(StandardCharsets.UTF_8))) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"tap\"");
            throw new Refusal(401, "Service principal or secret is not valid");
        }
        if (!take(path == TapPath.ONLY_CLICKS_PERMITTED ? clicksPermitted : everythingElse, now)) {
            throw new Refusal(429, "The limit of requests per 24 hours is exceeded");
        }
        return path;
    }

    /** Counts a request; false if the limit is reached. */
    private synchronized boolean take(Deque<Instant> taken, Instant now) {
        while (!taken.isEmpty() && !taken.peekFirst().isAfter(now.minus(PERIOD))) {
            taken.removeFirst();
        }
        return taken.size() < requestsPerDay && taken.add(now);
    }
}
