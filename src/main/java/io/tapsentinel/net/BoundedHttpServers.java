package io.tapsentinel.net;

import io.tapsentinel.process.FatalErrors;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.impl.VertxWrapper;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Limits each of Camel Main's HTTP servers to 100 connections. A new connection closes the oldest, so half-open connections cannot
 * exhaust file descriptors or block probes. Camel uses the Vert.x in its registry, whose own default is unlimited.
 */
public final class BoundedHttpServers extends VertxWrapper {

    /** Longer than any response takes: a connection counts as idle while its response is computed. */
    public static final Duration IDLE = Duration.ofSeconds(30);

    static final int MOST_CONNECTIONS = 100;

    private final Duration idle;

    /**
     * @param idle  idle time before a connection is closed; whole seconds
     * @param fatal handles an Error on the server thread, which Vert.x would only log
     */
    public BoundedHttpServers(Duration idle, FatalErrors fatal) {
        super((VertxInternal) Vertx.vertx());
        exceptionHandler(fatal::handleIn);
        this.idle = idle;
    }

    @Override
    public HttpServer createHttpServer(HttpServerOptions options) {
        Set<HttpConnection> open = new LinkedHashSet<>();
        // with HTTP/2 the handler runs only after the first bytes have arrived
        return super.createHttpServer(
                        options.setIdleTimeout((int) idle.toSeconds()).setHttp2ClearTextEnabled(false))
                .connectionHandler(opened -> bound(opened, open));
    }

    /** Runs on the server's single event loop thread. */
    private static void bound(HttpConnection opened, Set<HttpConnection> open) {
        opened.closeHandler(closed -> open.remove(opened));
        open.add(opened);
        if (open.size() > MOST_CONNECTIONS) {
            HttpConnection oldest = open.iterator().next();
            // now, since the next connection may open before this one has closed
            open.remove(oldest);
            oldest.close();
        }
    }
}
