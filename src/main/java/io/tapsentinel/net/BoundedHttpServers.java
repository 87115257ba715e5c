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
 * The Vert.x of Camel Main's servers, each of which has 100 connections at most. A new one closes the oldest, so that half-open
 * connections neither use up the descriptors of the process nor keep a probe out. Camel makes a server with Vert.x's defaults, which
 * have no bound, and takes the Vert.x that it finds in its registry.
 */
public final class BoundedHttpServers extends VertxWrapper {

    /** Longer than any answer takes, since a connection counts as idle while its answer is worked out. */
    public static final Duration IDLE = Duration.ofSeconds(30);

    static final int MOST_CONNECTIONS = 100;

    private final Duration idle;

    /**
     * @param idle  after which a connection is closed; whole seconds
     * @param fatal gets an Error of the servers' thread, which would be logged for each request and end nothing
     */
    public BoundedHttpServers(Duration idle, FatalErrors fatal) {
        super((VertxInternal) Vertx.vertx());
        exceptionHandler(fatal::handleIn);
        this.idle = idle;
    }

    @Override
    public HttpServer createHttpServer(HttpServerOptions options) {
        Set<HttpConnection> open = new LinkedHashSet<>();
        // with HTTP/2 a connection is known only when its first bytes have come
        return super.createHttpServer(
                        options.setIdleTimeout((int) idle.toSeconds()).setHttp2ClearTextEnabled(false))
                .connectionHandler(opened -> bound(opened, open));
    }

    /** On the one thread that the server's connections have. */
    private static void bound(HttpConnection opened, Set<HttpConnection> open) {
        opened.closeHandler(closed -> open.remove(opened));
        open.add(opened);
        if (open.size() > MOST_CONNECTIONS) {
            HttpConnection oldest = open.iterator().next();
            // at once: the next one may come before the end of this one
            open.remove(oldest);
            oldest.close();
        }
    }
}
