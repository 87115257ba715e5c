package io.tapsentinel.report.page;

import io.tapsentinel.net.LoopbackName;
import io.tapsentinel.net.SafeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests for the page's files and figures, with headers that protect against other sites. */
final class PageAnswer implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(PageAnswer.class);
    private static final long LOG_EVERY_NANOS = 60_000_000_000L;
    private static final String FIGURES = "status.json";
    private static final Pattern FILE = Pattern.compile("[a-z][a-z0-9-]*\\.(html|js|css|svg)");
    private static final Map<String, String> TYPES = Map.of(
            "html",
            "text/html; charset=utf-8",
            "js",
            "text/javascript; charset=utf-8",
            "css",
            "text/css; charset=utf-8",
            "svg",
            "image/svg+xml",
            "json",
            "application/json");
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self';"
                    + " img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cache-Control",
            "no-store",
            "Cross-Origin-Resource-Policy",
            "same-origin");

    private final Supplier<byte[]> figures;
    private final boolean loopbackOnly;
    private long loggedAt = System.nanoTime() - LOG_EVERY_NANOS;

    /** @param loopbackOnly whether the Host header must be a loopback name */
    PageAnswer(Supplier<byte[]> figures, boolean loopbackOnly) {
        this.figures = figures;
        this.loopbackOnly = loopbackOnly;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Message message = exchange.getMessage();
        String method = message.getHeader(Exchange.HTTP_METHOD, String.class);
        String path = message.getHeader(Exchange.HTTP_PATH, "", String.class).replaceFirst("^/", "");
        boolean here = !loopbackOnly || LoopbackName.isIn(host(message));
        message.removeHeaders("*");
        HEADERS.forEach(message::setHeader);
        if (!here) {
            refuse(message, 421, "this page accepts requests for localhost only (camel.server.host)");
        } else if (!"GET".equals(method) && !"HEAD".equals(method)) {
            message.setHeader("Allow", "GET, HEAD");
            refuse(message, 405, "this page is read-only");
        } else if (path.equals(FIGURES)) {
            figures(message);
        } else {
            file(message, path.isEmpty() ? "index.html" : path);
        }
        if ("HEAD".equals(method)) {
            message.setBody(null);
        }
    }

    /** The Host header, or the host of the URL in HTTP/2. */
    private static String host(Message message) {
        String host = message.getHeader("Host", String.class);
        return host != null
                ? host
                : message.getHeader(Exchange.HTTP_URL, "", String.class).replaceFirst("^\\w+://([^/?]*).*", "$1");
    }

    private void figures(Message message) {
        try {
            answer(message, FIGURES, figures.get());
        } catch (RuntimeException | Error e) {
            log(e);
            refuse(message, 500, "the figures are unavailable; see the health checks and the log");
        }
    }

    private static void file(Message message, String name) throws IOException {
        try (InputStream file =
                FILE.matcher(name).matches() ? PageAnswer.class.getResourceAsStream("/page/" + name) : null) {
            if (file == null) {
                refuse(message, 404, "no such page");
            } else {
                answer(message, name, file.readAllBytes());
            }
        }
    }

    private static void answer(Message message, String name, byte[] body) {
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
        message.setHeader(Exchange.CONTENT_TYPE, TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
        message.setBody(body);
    }

    private static void refuse(Message message, int status, String why) {
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, "text/plain; charset=utf-8");
        message.setBody(why + "\n");
    }

    private synchronized void log(Throwable e) {
        if (System.nanoTime() - loggedAt >= LOG_EVERY_NANOS) {
            loggedAt = System.nanoTime();
            LOG.warn("Status page: the figures are unavailable: {}", SafeMessage.of(e));
        }
    }
}
