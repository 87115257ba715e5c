package io.tapsentinel.net;

import java.io.IOException;
import java.util.function.Supplier;
import org.apache.camel.component.http.HttpComponent;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.client5.http.socket.ConnectionSocketFactory;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.Registry;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Camel's {@code http} and {@code https} with two changes: response headers are bounded, and a closed connection pool is replaced.
 * HttpClient closes its pool on any {@link Error}; without a new pool every later request would fail.
 */
public final class BoundedHttpComponent extends HttpComponent {

    /** Bytes in one header line. Proxies and servers usually send at most half of it. */
    public static final int LONGEST_LINE = 16_384;

    /** Headers in one response. */
    public static final int MOST_HEADERS = 200;

    @Override
    @SuppressWarnings("deprecation") // socket factories are in the signature of Camel's method
    protected HttpClientConnectionManager createConnectionManager(
            Registry<ConnectionSocketFactory> sockets, int mostConnections, int perRoute, SocketConfig socketConfig) {
        Http1Config bounds = Http1Config.custom()
                .setMaxLineLength(LONGEST_LINE)
                .setMaxHeaderCount(MOST_HEADERS + 1)
                .build();
        return new ReplacedWhenClosed(() -> {
            PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager(
                    sockets,
                    PoolConcurrencyPolicy.STRICT,
                    TimeValue.ofMilliseconds(getConnectionTimeToLive()),
                    ManagedHttpClientConnectionFactory.builder()
                            .http1Config(bounds)
                            .build());
            pool.setMaxTotal(mostConnections > 0 ? mostConnections : getMaxTotalConnections());
            pool.setDefaultMaxPerRoute(perRoute > 0 ? perRoute : getConnectionsPerRoute());
            pool.setDefaultSocketConfig(socketConfig);
            return pool;
        });
    }

    /** Creates the pool at first use, and a new one at the first use after a close. */
    private static final class ReplacedWhenClosed implements HttpClientConnectionManager {

        private final Supplier<HttpClientConnectionManager> maker;
        private HttpClientConnectionManager pool;

        private ReplacedWhenClosed(Supplier<HttpClientConnectionManager> maker) {
            this.maker = maker;
        }

        private synchronized HttpClientConnectionManager pool() {
            if (pool == null) {
                pool = maker.get();
            }
            return pool;
        }

        @Override
        public LeaseRequest lease(String id, HttpRoute route, Timeout requestTimeout, Object state) {
            return pool().lease(id, route, requestTimeout, state);
        }

        @Override
        public void release(ConnectionEndpoint endpoint, Object newState, TimeValue validDuration) {
            pool().release(endpoint, newState, validDuration);
        }

        @Override
        public void connect(ConnectionEndpoint endpoint, TimeValue connectTimeout, HttpContext context)
                throws IOException {
            pool().connect(endpoint, connectTimeout, context);
        }

        @Override
        public void upgrade(ConnectionEndpoint endpoint, HttpContext context) throws IOException {
            pool().upgrade(endpoint, context);
        }

        @Override
        public synchronized void close(CloseMode mode) {
            if (pool != null) {
                pool.close(mode);
                pool = null;
            }
        }

        @Override
        public void close() throws IOException {
            close(CloseMode.GRACEFUL);
        }
    }
}
