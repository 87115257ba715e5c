package io.tapsentinel.sandbox;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP server on 127.0.0.1 with a single handler. Tests wrap a sandbox's handler to hold, fail or cut answers. All threads are daemons.
 */
public final class LoopbackServer implements AutoCloseable {

    /** Default number of requests handled in parallel; further ones wait. */
    public static final int THREADS = 8;

    private static final String NO_DELAY = "sun.net.httpserver.nodelay";

    static {
        // the JDK's server sends head and body in two packets: without this, the second waits 40 ms for an
        // acknowledgement
        if (System.getProperty(NO_DELAY) == null) {
            System.setProperty(NO_DELAY, "true");
        }
    }

    private final HttpServer server;
    private final ExecutorService threads;

    private LoopbackServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /** Starts with {@value #THREADS} threads; port 0 selects a free port. */
    public static LoopbackServer start(HttpHandler handler, int port) throws IOException {
        return start(handler, port, THREADS);
    }

    /**
     * @param port    0 selects a free port
     * @param threads number of requests handled in parallel
     * @throws IOException if the port cannot be bound
     */
    public static LoopbackServer start(HttpHandler handler, int port, int threads) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 0);
        AtomicInteger number = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(threads, work -> {
            Thread thread =
                    new Thread(work, "sandbox-" + server.getAddress().getPort() + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(pool);
        server.createContext("/", handler);
        startAsDaemon(server);
        return new LoopbackServer(server, pool);
    }

    /** The server's thread inherits the daemon flag from the starting thread; otherwise it would keep the process alive. */
    private static void startAsDaemon(HttpServer server) throws IOException {
        Thread starter = new Thread(server::start, "sandbox-starter");
        starter.setDaemon(true);
        starter.start();
        try {
            starter.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            server.stop(0);
            throw new InterruptedIOException("Interrupted while the server started");
        }
    }

    /** {@code http://127.0.0.1:port}, without a path. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Breaks open connections. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
