package io.tapsentinel.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A scripted proxy on a plain socket that can give no answer, half an answer, a late answer or reset the connection. One thread per
 * connection.
 */
public final class ScriptedServer implements AutoCloseable {

    private final URI service;
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Deque<Step> next = new ConcurrentLinkedDeque<>();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile Function<ScriptedRequest, Step> script = call -> Step.PASS;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "scripted");
        thread.setDaemon(true);
        return thread;
    });

    /** What happens to one request. */
    @FunctionalInterface
    public interface Step {
        /** The service's answer. */
        Step PASS = call -> call.send(call.forward());

        void on(ScriptedRequest call) throws IOException, InterruptedException;
    }

    public ScriptedServer(URI service) throws IOException {
        this.service = service;
        threads.execute(this::accept);
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** Steps for the next requests, one each; then the script continues. */
    public ScriptedServer next(Step... steps) {
        next.addAll(List.of(steps));
        return this;
    }

    /** Chooses the step of all other requests. */
    public ScriptedServer script(Function<ScriptedRequest, Step> decide) {
        script = decide;
        return this;
    }

    /** Number of requests so far. */
    public int requests() {
        return requests.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                connections.add(socket);
                threads.execute(() -> serve(socket));
            } catch (IOException closed) {
                // ends the loop
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
            for (ScriptedRequest call = ScriptedRequest.read(in, socket, service);
                    call != null;
                    call = ScriptedRequest.read(in, socket, service)) {
                requests.incrementAndGet();
                Step step = next.poll();
                (step == null ? script.apply(call) : step).on(call);
                if (!call.isAnswered()) {
                    return;
                }
            }
        } catch (IOException e) {
            // the client is gone, or the script broke the connection
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
        for (Socket socket : connections) {
            socket.close();
        }
    }
}
