package io.tapsentinel.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for programs that cannot choose one themselves. Each JVM of the tests has a range of its own, below the ports that systems
 * give away on their own: so nothing can take a port between this look at it and the start of the program.
 */
public final class FreePort {

    private static final int FIRST = 15_000;
    private static final int EACH = 5_000;
    /** Set by Maven; another value for runs without it. */
    private static final int FORK = Integer.getInteger("tapsentinel.fork", 0);
    /** Another checkout's run on this machine begins elsewhere. */
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 37 % EACH));

    private FreePort() {}

    /** One that this JVM was not given before. */
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
