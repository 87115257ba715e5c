package io.tapsentinel.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for programs that cannot choose one themselves. Each test JVM has its own range, below the operating system's ephemeral ports,
 * so that a port stays free until the program starts.
 */
public final class FreePort {

    private static final int FIRST = 15_000;
    private static final int EACH = 5_000;
    /** Number of the test JVM, set by Maven. */
    private static final int FORK = Integer.getInteger("tapsentinel.fork", 0);
    /** Depends on the checkout, so that parallel runs use different ports. */
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 37 % EACH));

    private FreePort() {}

    /** A port that this JVM has not used before. */
    public static int next() {
        for (int tries = 0; tries < EACH; tries++) {
            int port = FIRST + FORK * EACH + NEXT.getAndIncrement() % EACH;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port of " + EACH);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
