package io.tapsentinel.sandbox;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;

/**
 * Lets requests in: known paths (404), GET (405), the right credentials (401), and within the allowance (429, without Retry-After,
 * as the service has none). The two allowances per rolling 24 hours, {@code clicks/permitted} and everything else, are charged
 * for each request that gets this far, also when its parameters are then refused; a 429 is charged to none, and a request with
 * wrong credentials is nobody's.
 */
final class TapGate {

    private final byte[] authorization;
    private final Map<TapPath, RequestPool> pools = new EnumMap<>(TapPath.class);

    TapGate(SandboxTapBuilder settings) {
        byte[] credentials = (settings.principal + ':' + settings.secret).getBytes(StandardCharsets.UTF_8);
        this.authorization =
                ("Basic " + Base64.getEncoder().encodeToString(credentials)).getBytes(StandardCharsets.US_ASCII);
        RequestPool others = new RequestPool(settings.requestsPerDay);
        for (TapPath path : TapPath.values()) {
            pools.put(
                    path,
                    path == TapPath.ONLY_CLICKS_PERMITTED ? new RequestPool(settings.clicksPermittedPerDay) : others);
        }
    }

    TapPath admit(HttpExchange exchange, Instant now) throws TapRefusal {
        TapPath path =
                TapPath.of(exchange.getRequestURI().getRawPath()).orElseThrow(() -> new TapRefusal(404, "Not found"));
        if (!exchange.getRequestMethod().equals("GET")) {
            exchange.getResponseHeaders().set("Allow", "GET");
            throw new TapRefusal(405, "Method not allowed");
        }
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        if (given == null || !MessageDigest.isEqual(authorization, given.getBytes(StandardCharsets.UTF_8))) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"tap\"");
            throw new TapRefusal(401, "Service principal or secret is not valid");
        }
        if (!pools.get(path).take(now)) {
            throw new TapRefusal(429, "The limit of requests per 24 hours is exceeded");
        }
        return path;
    }
}
