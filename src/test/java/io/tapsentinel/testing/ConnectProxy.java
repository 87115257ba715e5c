package io.tapsentinel.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * A proxy that supports CONNECT only. It resolves names to servers of the test and records each request; it can require a password or
 * answer with an error.
 */
public final class ConnectProxy implements AutoCloseable {

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private static final String NOWHERE = "";

    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "connect-proxy");
        thread.setDaemon(true);
        return thread;
    });
    /** Open connections and their {@code host:port}; {@link #NOWHERE} until the client names it. */
    private final Map<Socket, String> open = new ConcurrentHashMap<>();

    private final Set<String> free = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> ways = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private volatile String wanted;
    private volatile Function<String, Integer> refusal = to -> 0;

    /**
     * @param method        normally CONNECT
     * @param to            {@code host:port}
     * @param authorization of the proxy; empty for none
     * @param status        of the answer
     */
    public record Asked(String method, String to, String authorization, int status) {}

    public ConnectProxy() throws IOException {
        threads.execute(this::accept);
    }

    /** Host and port. */
    public String place() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Connections to {@code host:port} go to this port of 127.0.0.1; others get a 502. */
    public ConnectProxy way(String to, int port) {
        ways.put(to, port);
        return this;
    }

    /** Requires this user and password. */
    public ConnectProxy want(String user, String password) {
        wanted =
                "Basic " + Base64.getEncoder().encodeToString((user + ':' + password).getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Requires no user for this {@code host:port}. */
    public void wantNothingFor(String to) {
        free.add(to);
    }

    /** Answers with this status; 0 connects, -1 closes without an answer. Breaks open connections to refused hosts. */
    public void refuse(Function<String, Integer> status) {
        refusal = status;
        // keeps the others: a token may be in transit
        open.forEach((socket, to) -> {
            if (status.apply(to) != 0) {
                end(socket);
            }
        });
    }

    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    /** {@code host:port} of all successful connections. */
    public List<String> connected() {
        return asked.stream()
                .filter(one -> one.status() == 200)
                .map(Asked::to)
                .distinct()
                .sorted()
                .toList();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                threads.execute(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        open.put(client, NOWHERE);
        try (client;
                InputStream in = new BufferedInputStream(client.getInputStream())) {
            // a client retries with credentials on the same connection
            while (answer(client, in)) {
                continue;
            }
        } catch (IOException broken) {
            // expected
        } finally {
            open.remove(client);
        }
    }

    private boolean answer(Socket client, InputStream in) throws IOException {
        List<String> head = head(in);
        if (head.isEmpty()) {
            return false;
        }
        String[] first = head.get(0).split(" ");
        String authorization = head.stream()
                .filter(line -> line.toLowerCase().startsWith("proxy-authorization:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
        int status = status(first[0], first[1], authorization);
        asked.add(new Asked(first[0], first[1], authorization, status));
        if (status < 0) {
            return false;
        }
        String reply = "HTTP/1.1 " + status + " said the proxy\r\n"
                + (status == 407 ? "Proxy-Authenticate: Basic realm=\"test\"\r\n" : "")
                + (status == 200 ? "\r\n" : "Content-Length: 0\r\n\r\n");
        client.getOutputStream().write(reply.getBytes(StandardCharsets.ISO_8859_1));
        if (status != 200) {
            return true;
        }
        try (Socket service = new Socket(InetAddress.getLoopbackAddress(), ways.get(first[1]))) {
            open.put(client, first[1]);
            open.put(service, first[1]);
            threads.execute(() -> copy(service, client));
            in.transferTo(service.getOutputStream());
            open.remove(service);
        }
        return false;
    }

    private int status(String method, String to, String authorization) {
        int refused = refusal.apply(to);
        return refused != 0
                ? refused
                : !method.equals("CONNECT")
                        ? 405
                        : wanted != null && !free.contains(to) && !wanted.equals(authorization)
                                ? 407
                                : ways.containsKey(to) ? 200 : 502;
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException broken) {
            // closes both ends
        } finally {
            end(to);
        }
    }

    private static List<String> head(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next != '\n') {
                line.append((char) next);
            } else if (line.toString().isBlank()) {
                return lines;
            } else {
                lines.add(line.toString().strip());
                line.setLength(0);
            }
        }
        return List.of();
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // already closed
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.keySet().forEach(ConnectProxy::end);
        threads.shutdownNow();
    }
}
