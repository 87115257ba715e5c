package io.tapsentinel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * Stands before a server of the JDK, which writes the machine's time into every answer, and puts another Date there, byte for
 * byte. Connections break here as they break there.
 */
public final class DateProxy implements AutoCloseable {

    private static final String NAME = "\r\nDate: ";
    /** As long as the one of the JDK. */
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private final URI server;
    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile Supplier<Instant> time;

    /** @param time what answers say; null leaves their Date away */
    public DateProxy(URI server, Supplier<Instant> time) throws IOException {
        this.server = server;
        this.time = time;
        this.listener = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        thread(this::accept);
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** From now on answers say this time. */
    public void set(Supplier<Instant> other) {
        time = other;
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket behind = new Socket(server.getHost(), server.getPort());
            client.setTcpNoDelay(true);
            behind.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(behind);
            thread(() -> copy(client, behind, false));
            thread(() -> copy(behind, client, true));
        }
    }

    private void copy(Socket from, Socket to, boolean answers) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                if (answers) {
                    // a head is written at once, and nothing else begins a read with a status line
                    replace(buffer, read);
                }
                out.write(buffer, 0, read);
            }
        }
    }

    private void replace(byte[] bytes, int length) {
        String head = new String(bytes, 0, Math.min(length, 2_000), StandardCharsets.ISO_8859_1);
        int at = head.startsWith("HTTP/1.1 ") ? head.indexOf(NAME) : -1;
        if (at >= 0) {
            Supplier<Instant> own = time;
            String date = own == null ? NAME.replace("Date", "Nope") + "x".repeat(29) : NAME + FORMAT.format(own.get());
            System.arraycopy(date.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, at, date.length());
        }
    }

    private static void thread(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closed) {
                        // ends here as it ended there
                    }
                },
                "own-date");
        thread.setDaemon(true);
        thread.start();
    }

    private interface Work {
        void run() throws IOException;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
