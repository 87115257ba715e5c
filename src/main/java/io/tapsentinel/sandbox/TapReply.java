package io.tapsentinel.sandbox;

import com.sun.net.httpserver.HttpExchange;
import io.tapsentinel.net.FastGzip;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How answers travel: short texts whole, rows chunked and with gzip where the client accepts it. */
final class TapReply {

    private static final int BUFFER = 1 << 16;

    private TapReply() {}

    static void text(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    /** A stream for the body of a 200. Its last bytes stay here until it is closed; one that is not closed breaks the answer off. */
    static OutputStream rows(HttpExchange exchange) throws IOException {
        boolean gzip = acceptsGzip(exchange.getRequestHeaders().getOrDefault("Accept-Encoding", List.of()));
        if (gzip) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        }
        exchange.sendResponseHeaders(200, 0);
        OutputStream body = new BufferedOutputStream(exchange.getResponseBody(), BUFFER);
        return gzip ? new FastGzip(body) : body;
    }

    private static boolean acceptsGzip(List<String> accepted) {
        for (String header : accepted) {
            for (String coding : header.split(",")) {
                String[] parts = coding.strip().split("\\s*;\\s*");
                if (parts[0].equalsIgnoreCase("gzip") && !(parts.length > 1 && parts[1].matches("q=0(\\.0*)?"))) {
                    return true;
                }
            }
        }
        return false;
    }
}
