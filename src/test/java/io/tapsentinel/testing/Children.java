package io.tapsentinel.testing;

import java.io.IOException;

/** Processes that tests start and that must not outlive the JVM of the tests, however that ends. */
public final class Children {

    private Children() {}

    /** Starts a process; once this JVM is gone, killed or not, it is killed. */
    public static Process start(ProcessBuilder builder) throws IOException {
        Process child = builder.start();
        // the shell's input ends when this JVM does
        Process watcher = new ProcessBuilder("sh", "-c", "read line; kill -KILL " + child.pid()).start();
        child.onExit().thenRun(watcher::destroyForcibly);
        return child;
    }
}
