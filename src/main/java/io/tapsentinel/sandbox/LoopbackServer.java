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
 * An HTTP server on 127.0.0.1 that gives every request to one handler. Tests put a handler of their own in front of a
 * sandbox's to hold, fail or cut answers. Threads are daemons.
 */
public final class LoopbackServer implements AutoCloseable {

    /** Requests that are handled at the same time, unless the caller says otherwise; more wait. */
    public static final int THREADS = 8;

    private static final String NO_DELAY = "sun.net.httpserver.nodelay";

    static {
        // the JDK's server sends head and body apart: without this every answer waits 40 ms for the head's
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

    /** Starts on the given port with {@value #THREADS} threads; port 0 takes a free one. */
    public static LoopbackServer start(HttpHandler handler, int port) throws IOException {
        return start(handler, port, THREADS);
    }

    /**
     * @param port    0 takes a free one
     * @param threads requests that are handled at the same time
     * @throws IOException when the port cannot be bound
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

    /** The server's own thread inherits this from the thread that starts it, and would else keep the process alive. */
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

    /** Breaks the connections that are open. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
